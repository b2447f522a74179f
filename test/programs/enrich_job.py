"""What the tests of `enrich_profiles` share: a sandbox with a token, and runs of the program."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from at_once import AT_ONCE, EVERY
from sandbox_process import Sandbox, control

LOOKUP_ROUTES = ("/2/users/by", "/2/users", "/1.1/users/lookup.json")
NO_LIMITS = [word for route in LOOKUP_ROUTES for word in ("--rate-limit", route + "=0/0")]
TOKEN, TOKEN_SECRET = "15-token", "token-secret-not-a-real-one"
SUMMARY_KEYS = ["inputs", "found", "not_found", "suspended", "invalid", "failed", "requests", "waited_s", "cost_usd"]
LINE_KEYS = ["input", "outcome", "profile", "error"]


class Job(unittest.TestCase):
    """A test with a folder of its own. Set `program` and `sandbox` before."""

    program = sandbox = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out.jsonl"

    def at_once(self, cases, check):
        """check(job, case) for each case, several at the same time: each has a folder of its own. Of many only each EVERY."""
        cases = list(cases)
        if len(cases) > AT_ONCE:
            cases = cases[::EVERY]

        def run(case):
            job = type(self)(self._testMethodName)
            try:
                job.setUp()
                check(job, case)
            finally:
                job.doCleanups()

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            checks = [(case, pool.submit(run, case)) for case in cases]
        for case, done in checks:
            with self.subTest(case=case):
                done.result()

    def provider(self, *arguments, seed=None):
        """A sandbox whose first user has granted a token."""
        seed = {"access_tokens": [{"token": TOKEN, "secret": TOKEN_SECRET}], **(seed or {})}
        (self.folder / "seed.json").write_text(json.dumps(seed))
        return Sandbox(self.sandbox, "--seed", self.folder / "seed.json", *(() if "--log" in arguments else ("--log", "/dev/null")),
                       *map(str, arguments))

    def input(self, text):
        path = self.folder / "in.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def start(self, ready, source, *arguments, token_secret=TOKEN_SECRET, **how):
        keys = {"COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": ready["consumer_secret"],
                "COAUTH_TOKEN": TOKEN, "COAUTH_TOKEN_SECRET": token_secret}
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how}
        return subprocess.Popen([self.program, "--provider", ready["url"], "--ca-file", ready["ca_file"],
                                 str(source), str(how.pop("out", self.out)), *map(str, arguments)],
                                env={**os.environ, **keys, **how.pop("environment", {})}, text=True, **how)

    def run_job(self, ready, source, *arguments, code=0, **how):
        """Runs to the end and returns the summary, if one was printed; stderr is in self.err."""
        process = self.start(ready, source, *arguments, **how)
        stdout, self.err = process.communicate()
        self.assertEqual(process.returncode, code, self.err)
        self.assertNotIn("secret-not-a-real-one", (stdout or "") + (self.err or ""))
        if not stdout:
            return None
        summary = json.loads(stdout.splitlines()[0])
        self.assertEqual(list(summary), SUMMARY_KEYS)
        return summary

    def stopped_while(self, ready, source, arguments, number, condition):
        """Sends the signal once the condition holds; returns the summary and stderr."""
        process = self.start(ready, source, *arguments)
        while not condition():
            self.assertIsNone(process.poll())
        process.send_signal(number)
        stdout, err = process.communicate()
        self.assertEqual(process.returncode, 128 + number, err)
        return json.loads(stdout), err

    def lines(self):
        found = [json.loads(line) for line in self.out.read_text().splitlines()]
        for line in found:
            self.assertEqual(list(line), LINE_KEYS)
        return found

    def outcomes(self):
        return [(line["input"], line["outcome"]) for line in self.lines()]


def users(count, first=1):
    return "".join(f"user_{i}\n" for i in range(first, first + count))


def names_served(ready):
    """How often each name or id was asked for in calls that had a response, of the last thousand calls."""
    times = {}
    for call in control(ready, "/journal"):
        if call["status"] == 200 and "?" in call["target"]:
            for part in call["target"].split("?")[1].split("&"):
                name, _, value = part.partition("=")
                if name in ("usernames", "ids", "screen_name", "user_id"):
                    for who in value.replace("%2C", ",").split(","):
                        times[who.lower()] = times.get(who.lower(), 0) + 1
    return times


def calls(ready):
    """Calls of the lookup routes so far."""
    routes = control(ready, "/counters")["routes"]
    return sum(routes.get(route, {"calls": 0})["calls"] for route in LOOKUP_ROUTES)
