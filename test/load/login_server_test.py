#!/usr/bin/python3
"""`login_server` under load and under attack: everybody gets in or is told why not, nobody as somebody else.

Prints what it measured; what it asserts is outcomes, never times. COAUTH_TEST_PEOPLE: how many people
(default 2000).

usage: login_server_test.py LOGIN_SERVER COAUTH_SANDBOX LOGIN_CROWD [TEST...]
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "programs"))
from login_server_process import DEADLINE, LoginServer, processor_seconds  # noqa: E402
from sandbox_process import Sandbox, control  # noqa: E402

PEOPLE = int(os.environ.get("COAUTH_TEST_PEOPLE", "2000"))
PATIENCE = 2 * DEADLINE  # s, for one answer
READS = 20_000  # of /metrics, at most, while something that was begun comes to its end


def say(name, **figures):
    print(json.dumps({"note": name, **figures}), flush=True)


def fault_list(every, calls):
    """Every n-th call of each route of a login fails, each time in another way."""
    ways = [{"status": 503}, {"action": "drop"}, {"action": "truncate"}, {"action": "garbage"},
            {"delay_ms": 300, "status": 503}]
    routes = ["/oauth/request_token", "/oauth/access_token", "/2/users/:id", "/2/users", "/2/users/:id/tweets",
              "/2/users/:id/followers"]
    return [{"route": route, "nth": nth, **ways[nth // every % len(ways)]}
            for route in routes for nth in range(every, calls, every)]


class UnderLoad(unittest.TestCase):
    def setUp(self):
        self.addCleanup(lambda begun: say(self.id().split(".")[-1], took_s=round(time.monotonic() - begun, 1)),
                        time.monotonic())

    def servers(self, *sandbox_arguments):
        sandbox = Sandbox(SANDBOX, "--users", str(PEOPLE), "--log", os.devnull, *sandbox_arguments)
        self.ready = self.enterContext(sandbox)
        self.sandbox_pid = sandbox.process.pid
        self.site = self.enterContext(LoginServer(LOGIN_SERVER, self.ready))

    def start(self, *arguments):
        process = subprocess.Popen([CROWD, *arguments, "--site", self.site.url], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        return process

    def logins(self, people, *arguments, at_once=None):
        process = self.start("logins", "--ca-file", self.ready["ca_file"], "--people", str(people), "--at-once",
                             str(at_once or people), "--patience", str(PATIENCE), *arguments)
        result = json.loads(process.stdout.readline())
        self.assertEqual(process.wait(), 0)
        return result

    def calls(self, route):
        return control(self.ready, "/counters")["routes"].get(route, {"calls": 0})["calls"]

    def settle(self, reached):
        """Reads /metrics until `reached`, which must come to pass."""
        for _ in range(READS):
            if reached():
                return
        self.fail("it did not come to an end: " + json.dumps(self.site.metrics()))

    def check(self, result, **expected):
        for key, value in {"wrong": 0, "lost": 0, "late": 0, "odd": 0, **expected}.items():
            self.assertEqual(result[key], value, f"{key} in {result}")

    def test_everybody_at_once(self):
        self.servers()
        result = self.logins(PEOPLE)
        say("everybody at once", **result, **self.site.used(), provider_cpu_s=processor_seconds(self.sandbox_pid))
        self.check(result, granted=PEOPLE, told={}, gave_up=0)
        self.assertEqual(self.calls("/oauth/request_token"), PEOPLE)
        self.assertEqual(self.calls("/oauth/access_token"), PEOPLE)
        self.assertEqual(self.site.metrics()['coauth_logins_ended_total{status="granted"}'], PEOPLE)

    def test_a_provider_that_fails_every_fifth_time(self):
        with tempfile.NamedTemporaryFile("w") as faults:
            json.dump(fault_list(5, 4 * PEOPLE), faults)
            faults.flush()
            self.servers("--faults", faults.name)
        # As often as one address may press the button in a row.
        result = self.logins(PEOPLE, "--tries", "20")
        faults = control(self.ready, "/counters")["faults"]
        say("every fifth call fails", **result, faults=faults, **self.site.used(),
            provider_cpu_s=processor_seconds(self.sandbox_pid))
        self.check(result, granted=PEOPLE, gave_up=0)
        self.assertLessEqual(set(result["told"]), {"429", "502", "503", "504"})
        self.assertGreater(result["again"], PEOPLE // 5)
        self.assertGreater(faults, PEOPLE // 2)

    def test_strangers_who_stay_and_strangers_who_are_slow(self):
        self.servers()
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        many, slow = min(5 * PEOPLE, hard_limit - 1000), 100
        idle = self.start("idle", "--connections", str(many))
        opened = json.loads(idle.stdout.readline())["open"]
        attack = self.start("idle", "--connections", "0", "--slow", str(slow), "--until-closed")
        attackers = json.loads(attack.stdout.readline())["open"]
        result = self.logins(5)
        files, most_files = self.site.files()
        say("among strangers", idle=opened["idle"], attackers=attackers, **result, files=files,
            most_files=most_files, **self.site.used())
        self.check(result, granted=5, told={}, gave_up=0)
        self.assertEqual(opened["idle"], many)
        self.assertGreaterEqual(self.site.connections(), many)
        self.assertLess(files, most_files)

        closed = json.loads(attack.stdout.readline())["closed_by_server"]
        self.assertEqual(closed, attackers)
        self.assertEqual(closed, {"idle": 0, "slow_header": slow, "slow_body": slow, "never_reads": slow})
        idle.communicate()
        self.settle(lambda: self.site.connections() == 0)
        say("strangers are gone", **self.site.used())

    def test_a_flood_of_logins(self):
        self.servers()
        before = self.site.used()
        addresses, seconds = 20, 5
        flood = self.start("flood", "--addresses", str(addresses), "--seconds", str(seconds))
        self.settle(lambda: self.site.metrics()["coauth_logins_begun_total"] > 0)
        result = self.logins(5)
        flooded = json.loads(flood.stdout.read())
        say("in a flood", flood=flooded, **result, before=before, **self.site.used())
        self.check(result, granted=5, told={}, gave_up=0)
        self.assertEqual(set(flooded["answers"]), {"303", "429"})
        self.assertEqual(flooded["unanswered"], 0)
        # The documented limit: 20 at once, then one every 3 s.
        most = addresses * (20 + flooded["took_ms"] // 3000 + 1)
        self.assertGreaterEqual(flooded["answers"]["303"], addresses * 20)
        self.assertLessEqual(flooded["answers"]["303"], most)
        self.assertLessEqual(self.calls("/oauth/request_token"), most + 5)

    def test_a_flood_from_ever_new_addresses(self):
        self.servers()
        flood = self.start("flood", "--new-addresses", "--rate", "300")
        # Until it has used up all that it may begin.
        self.settle(lambda: self.site.metrics()['coauth_logins_refused_total{limit="site"}'] > 0)
        people = 60
        result = self.logins(people, at_once=10)
        flooded = json.loads(flood.communicate()[0])
        say("in a flood from ever new addresses", flood=flooded, **result, **self.site.used())
        for key in ("wrong", "lost", "late", "odd"):
            self.assertEqual(result[key], 0, f"{key} in {result}")
        self.assertGreaterEqual(result["granted"], 0.9 * people)
        self.assertEqual(set(flooded["answers"]), {"303", "503"})
        self.assertEqual(flooded["unanswered"], 0)
        # The documented limit of newcomers: 1000 at once, then 10 a second.
        self.assertLessEqual(flooded["answers"]["303"], 1000 + flooded["took_ms"] // 100 + 1)

    def test_the_end_comes_in_the_middle(self):
        self.servers()
        # A few at once, so that somebody is at each page when it comes.
        result = self.logins(PEOPLE, "--stop-pid", str(self.site.process.pid), "--stop-after", str(PEOPLE // 2),
                             at_once=max(PEOPLE // 8, 8))
        self.assertEqual(self.site.process.wait(), 143)
        say("the end in the middle", **result)
        self.check(result)
        self.assertGreaterEqual(result["granted"], PEOPLE // 2)
        self.assertGreater(result["turned_away"], 0)
        self.assertEqual(result["granted"] + result["turned_away"] + result["gave_up"], PEOPLE)
        self.assertNotIn("500", result["told"])


if __name__ == "__main__":
    LOGIN_SERVER, SANDBOX, CROWD = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
    unittest.main(verbosity=2)
