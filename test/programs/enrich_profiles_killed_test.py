#!/usr/bin/python3
"""`enrich_profiles` on many names, killed ten times anywhere and run again: the output is complete and
right, only what was in flight is asked for again, and memory does not grow with the input.

usage: enrich_profiles_killed_test.py ENRICH_PROFILES COAUTH_SANDBOX

COAUTH_TEST_NAMES is how many names there are (100 000, under a sanitizer 20 000).
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys

from at_once import run_all
from enrich_job import NO_LIMITS, Job

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)
# A sanitizer takes its time, and memory that is freed for later.
SANITIZED = b"__asan_init" in pathlib.Path(Job.program).read_bytes()
NAMES = int(os.environ.get("COAUTH_TEST_NAMES", "20000" if SANITIZED else "100000"))
WINDOW = 8 * 4 * 100  # inputs that a run with 8 requests at once may have taken and not written


class KilledAnywhere(Job):
    def names(self, count):
        """Every thousandth input can't be a name."""
        return ["no name" if i % 1000 == 0 else f"user_{i}" for i in range(1, count + 1)]

    def run_to_the_end(self, ready, source, *arguments):
        """Returns the summary and the most memory that was resident, in MiB."""
        process = self.start(ready, source, *arguments, stderr=subprocess.DEVNULL)
        most = 0
        while True:
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                most = max(most, self.memory(process))
            else:
                self.assertEqual(process.returncode, 0)
                return json.loads(process.communicate()[0]), most

    @staticmethod
    def memory(process):
        with open(f"/proc/{process.pid}/status") as status:
            found = re.search(r"VmHWM:\s*(\d+) kB", status.read())
        return int(found.group(1)) // 1024 if found else 0

    def run_until(self, size, ready, source, *arguments):
        """kill -9 once OUT has this many octets."""
        process = self.start(ready, source, *arguments, stderr=subprocess.DEVNULL)
        while not self.out.exists() or self.out.stat().st_size < size:
            try:
                process.wait(timeout=0.002)
            except subprocess.TimeoutExpired:
                pass
            else:
                self.fail("it ended before it could be killed")
        process.kill()
        process.communicate()

    def check_output(self, names, ordered):
        seen = set()
        with open(self.out) as lines:
            for place, text in enumerate(lines):
                line = json.loads(text)
                if ordered:
                    self.assertEqual(line["input"], names[place])
                if line["input"] == "no name":
                    self.assertEqual(line["outcome"], "invalid")
                    continue
                self.assertEqual((line["outcome"], line["profile"]["username"]), ("found", line["input"]))
                self.assertNotIn(line["input"], seen)
                seen.add(line["input"])
        self.assertEqual(place + 1, len(names))
        self.assertEqual(len(seen), len(names) - names.count("no name"))

    def check_questions(self, log, names, kills):
        """No name was asked for again that was not in flight at a kill."""
        asked = {}
        with open(log) as calls_made:
            for call in calls_made:
                for name in re.search(r"[?&]usernames=([^ &]*)", call).group(1).replace("%2C", ",").split(","):
                    asked[name] = asked.get(name, 0) + 1
        self.assertEqual(len(asked), len(names) - names.count("no name"))
        again = sum(asked.values()) - len(asked)
        self.assertLessEqual(again, kills * WINDOW)
        return again

    def killed_ten_times(self, count, *arguments):
        names = self.names(count)
        log = self.folder / "log"
        with self.provider("--users", count, *NO_LIMITS, "--log", log) as ready:
            source = self.input("\n".join(names))
            any_ = random.Random(count)
            least = 400  # octets that lines have on the average, at the least
            for size in sorted(any_.randrange(count * least) for _ in range(10)):
                self.run_until(size, ready, source, *arguments)
            summary, memory = self.run_to_the_end(ready, source, *arguments)
        self.assertEqual((summary["inputs"], summary["invalid"], summary["failed"]), (count, count // 1000, 0))
        self.check_output(names, ordered=not arguments)
        return self.check_questions(log, names, 10), memory

    def test_in_input_order(self):
        half = NAMES // 2
        with self.provider("--users", half, *NO_LIMITS) as ready:
            _, small = self.run_to_the_end(ready, self.input("\n".join(self.names(half))))
        self.out.unlink()
        again, large = self.killed_ten_times(NAMES)
        print(f"{NAMES} names, killed ten times: {again} asked again; at most {large} MiB resident, {small} with {half}")
        if not SANITIZED:
            self.assertLessEqual(large, small + 4)
            self.assertLessEqual(large, 64)

    def test_unordered(self):
        again, memory = self.killed_ten_times(NAMES // 5, "--unordered")
        print(f"{NAMES // 5} names unordered, killed ten times: {again} asked again; at most {memory} MiB resident")


if __name__ == "__main__":
    run_all()
