#!/usr/bin/python3
"""`login_server` under load and under attack: every user gets in or an error page, and no user gets in as another.

Prints what it measured; what it asserts is outcomes, never times. COAUTH_TEST_PEOPLE: how many users
(default 2000).

usage: login_server_test.py LOGIN_SERVER COAUTH_SANDBOX LOGIN_LOAD [TEST...]
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

USERS = int(os.environ.get("COAUTH_TEST_PEOPLE", "2000"))
PATIENCE = 2 * DEADLINE  # s, for one response
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
        sandbox = Sandbox(SANDBOX, "--users", str(USERS), "--log", os.devnull, *sandbox_arguments)
        self.ready = self.enterContext(sandbox)
        self.sandbox_pid = sandbox.process.pid
        self.site = self.enterContext(LoginServer(LOGIN_SERVER, self.ready))

    def start(self, *arguments):
        process = subprocess.Popen([LOGIN_LOAD, *arguments, "--site", self.site.url], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        return process

    def logins(self, users, *arguments, at_once=None):
        process = self.start("logins", "--ca-file", self.ready["ca_file"], "--users", str(users), "--at-once",
                             str(at_once or users), "--patience", str(PATIENCE), *arguments)
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

    def test_all_users_at_once(self):
        self.servers()
        result = self.logins(USERS)
        say("all users at once", **result, **self.site.used(), provider_cpu_s=processor_seconds(self.sandbox_pid))
        self.check(result, granted=USERS, refused={}, gave_up=0)
        self.assertEqual(self.calls("/oauth/request_token"), USERS)
        self.assertEqual(self.calls("/oauth/access_token"), USERS)
        self.assertEqual(self.site.metrics()['coauth_logins_ended_total{status="granted"}'], USERS)

    def test_a_provider_that_fails_every_fifth_time(self):
        with tempfile.NamedTemporaryFile("w") as faults:
            json.dump(fault_list(5, 4 * USERS), faults)
            faults.flush()
            self.servers("--faults", faults.name)
        # As often as one address may press the button in a row.
        result = self.logins(USERS, "--tries", "20")
        faults = control(self.ready, "/counters")["faults"]
        say("every fifth call fails", **result, faults=faults, **self.site.used(),
            provider_cpu_s=processor_seconds(self.sandbox_pid))
        self.check(result, granted=USERS, gave_up=0)
        self.assertLessEqual(set(result["refused"]), {"429", "502", "503", "504"})
        self.assertGreater(result["retried"], USERS // 5)
        self.assertGreater(faults, USERS // 2)

    def test_idle_connections_and_slow_clients(self):
        self.servers()
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        many, slow = min(5 * USERS, hard_limit - 1000), 100
        idle = self.start("idle", "--connections", str(many))
        opened = json.loads(idle.stdout.readline())["open"]
        attack = self.start("idle", "--connections", "0", "--slow", str(slow), "--until-closed")
        attackers = json.loads(attack.stdout.readline())["open"]
        result = self.logins(5)
        files, most_files = self.site.files()
        say("beside idle and slow clients", idle=opened["idle"], attackers=attackers, **result, files=files,
            most_files=most_files, **self.site.used())
        self.check(result, granted=5, refused={}, gave_up=0)
        self.assertEqual(opened["idle"], many)
        self.assertGreaterEqual(self.site.connections(), many)
        self.assertLess(files, most_files)

        closed = json.loads(attack.stdout.readline())["closed_by_server"]
        self.assertEqual(closed, attackers)
        self.assertEqual(closed, {"idle": 0, "slow_header": slow, "slow_body": slow, "never_reads": slow})
        idle.communicate()
        self.settle(lambda: self.site.connections() == 0)
        say("idle and slow clients are gone", **self.site.used())

    def test_a_flood_of_logins(self):
        self.servers()
        before = self.site.used()
        addresses, seconds = 20, 5
        flood = self.start("flood", "--addresses", str(addresses), "--seconds", str(seconds))
        self.settle(lambda: self.site.metrics()["coauth_logins_begun_total"] > 0)
        result = self.logins(5)
        flooded = json.loads(flood.stdout.read())
        say("in a flood", flood=flooded, **result, before=before, **self.site.used())
        self.check(result, granted=5, refused={}, gave_up=0)
        self.assertEqual(set(flooded["responses"]), {"303", "429"})
        self.assertEqual(flooded["unanswered"], 0)
        # The documented limit: 20 at once, then one every 3 s.
        most = addresses * (20 + flooded["took_ms"] // 3000 + 1)
        self.assertGreaterEqual(flooded["responses"]["303"], addresses * 20)
        self.assertLessEqual(flooded["responses"]["303"], most)
        self.assertLessEqual(self.calls("/oauth/request_token"), most + 5)

    def test_a_flood_from_ever_new_addresses(self):
        self.servers()
        flood = self.start("flood", "--new-addresses", "--rate", "300")
        # Until it has used up all that it may begin.
        self.settle(lambda: self.site.metrics()['coauth_logins_refused_total{limit="site"}'] > 0)
        users = 60
        result = self.logins(users, at_once=10)
        flooded = json.loads(flood.communicate()[0])
        say("in a flood from ever new addresses", flood=flooded, **result, **self.site.used())
        for key in ("wrong", "lost", "late", "odd"):
            self.assertEqual(result[key], 0, f"{key} in {result}")
        self.assertGreaterEqual(result["granted"], 0.9 * users)
        self.assertEqual(set(flooded["responses"]), {"303", "503"})
        self.assertEqual(flooded["unanswered"], 0)
        # The documented limit of newcomers: 1000 at once, then 10 a second.
        self.assertLessEqual(flooded["responses"]["303"], 1000 + flooded["took_ms"] // 100 + 1)

    def test_a_shutdown_in_the_middle(self):
        self.servers()
        # A few at once, so that some user is at each page when it comes.
        result = self.logins(USERS, "--stop-pid", str(self.site.process.pid), "--stop-after", str(USERS // 2),
                             at_once=max(USERS // 8, 8))
        self.assertEqual(self.site.process.wait(), 143)
        say("a shutdown in the middle", **result)
        self.check(result)
        self.assertGreaterEqual(result["granted"], USERS // 2)
        self.assertGreater(result["turned_away"], 0)
        self.assertEqual(result["granted"] + result["turned_away"] + result["gave_up"], USERS)
        self.assertNotIn("500", result["refused"])


if __name__ == "__main__":
    LOGIN_SERVER, SANDBOX, LOGIN_LOAD = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
    unittest.main(verbosity=2)
