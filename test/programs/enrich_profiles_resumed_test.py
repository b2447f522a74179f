#!/usr/bin/python3
"""`enrich_profiles` stopped at any moment and run again: no line lost, doubled or asked for again.

usage: enrich_profiles_resumed_test.py ENRICH_PROFILES COAUTH_SANDBOX
"""
import json
import random
import sys

from at_once import EVERY_CUT, run_all
from enrich_job import AT_ONCE, NO_LIMITS, Job, calls, names_served
from sandbox_process import control

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)


class EveryCut(Job):
    def cut_everywhere(self, inputs, step, *arguments):
        def check(job, share):
            with job.provider(*NO_LIMITS, seed={"users": [{"id": "1", "username": "ada"}]}) as ready:
                source = job.input("\n".join(inputs))
                job.run_job(ready, source, *arguments)
                whole = job.out.read_bytes()
                ends = [i + 1 for i, octet in enumerate(whole) if octet == ord("\n")]
                for cut in range(0, len(whole) + 1, step * EVERY_CUT)[share::AT_ONCE]:
                    job.out.write_bytes(whole[:cut])
                    summary = job.run_job(ready, source, *arguments)
                    found = job.out.read_bytes()
                    kept = max([end for end in ends if end - 1 <= cut], default=0)
                    job.assertEqual(found[:kept], whole[:kept], cut)
                    if arguments:
                        job.assertEqual(sorted(found.splitlines()), sorted(whole.splitlines()), cut)
                    else:
                        job.assertEqual(found, whole, cut)
                    job.assertEqual(summary["inputs"], len(inputs))
                    job.assertEqual(summary["requests"], 0 if kept == len(whole) else 1)

        self.at_once(range(AT_ONCE), check)

    def test_a_file_cut_anywhere_becomes_whole(self):
        self.cut_everywhere(["absent", "ada", "ABSENT"], 1)

    def test_an_unordered_file_cut_anywhere_becomes_whole(self):
        self.cut_everywhere(["absent", "no\u00ebl\"\\", "ada", "ABSENT", "ADA", "ada", "absent"], 17, "--unordered")

    def test_what_is_written_is_not_asked_again(self):
        names = [f"user_{i}" for i in range(1, 401)]
        with self.provider("--users", 400, *NO_LIMITS) as ready:
            source = self.input("\n".join(names))
            self.run_job(ready, source)
            whole = self.out.read_bytes().splitlines(keepends=True)
            any_ = random.Random(1)
            for arguments in ([], ["--unordered"]):
                for _ in range(5):
                    kept = any_.randrange(400)
                    lines = whole[:kept]
                    if arguments:  # the lines of other inputs are missing: no torn end, but holes
                        lines = any_.sample(whole, kept)
                    self.out.write_bytes(b"".join(lines))
                    control(ready, "/reset", {})
                    self.run_job(ready, source, *arguments)
                    written = {json.loads(line)["input"] for line in lines}
                    self.assertEqual(names_served(ready), {name: 1 for name in names if name not in written})
                    self.assertEqual(sorted(self.out.read_bytes().splitlines()), sorted(b"".join(whole).splitlines()))

    def test_failed_lines_count_as_written(self):
        with self.provider(*NO_LIMITS) as ready:
            line = '{"input":"user_1","outcome":"failed","profile":null,"error":{"code":"timeout"}}\n'
            self.out.write_text(line)
            summary = self.run_job(ready, self.input("user_1\nuser_2\n"), code=1)
            self.assertEqual((summary["found"], summary["failed"]), (1, 1))
            self.assertEqual(names_served(ready), {"user_2": 1})


class AnotherIn(Job):
    def test_out_of_another_in_is_refused_and_left_as_it_is(self):
        with self.provider(*NO_LIMITS) as ready:
            self.run_job(ready, self.input("user_1\nuser_2\nuser_3\n"))
            whole = self.out.read_bytes()
            for cut in (len(whole), len(whole) - 1, len(whole) - 9):
                self.out.write_bytes(whole[:cut])
                for text in ("user_1\nuser_4\nuser_3\n", "user_2\nuser_1\nuser_3\n", "user_0\nuser_1\nuser_2\nuser_3\n", "user_1\n",
                             "User_1\nuser_2\nuser_3\n", ""):
                    before = calls(ready)
                    self.assertIsNone(self.run_job(ready, self.input(text), code=1))
                    self.assertIn("OUT", self.err)
                    self.assertIn("Nothing was changed" if "is for" in self.err else "nothing was changed", self.err)
                    self.assertEqual(self.out.read_bytes(), whole[:cut])
                    self.assertEqual(calls(ready), before)
            # Out of order it may well be the same IN.
            self.run_job(ready, self.input("user_2\nuser_1\nuser_3\n"), "--unordered")
            self.run_job(ready, self.input("user_2\nuser_4\nuser_3\n"), "--unordered", code=1)

    def test_a_file_of_something_else_is_left_as_it_is(self):
        with self.provider() as ready:
            source = self.input("user_1\n")
            good = '{"input":"user_1","outcome":"found","profile":null,"error":null}'
            for text in ("my notes", "my notes\n", "{}\n", "\n", good + "\n\n", good + "\nnotes", "[" * 100_000, "x" * 5_000_000,
                         good + " \n", "\0" * 100):
                for arguments in ([], ["--unordered"]):
                    self.out.write_text(text)
                    self.run_job(ready, source, *arguments, code=1)
                    self.assertIn("OUT" if len(text) < 1_000_000 else str(self.out), self.err)
                    self.assertEqual(self.out.read_text(), text)
            self.assertEqual(calls(ready), 0)


if __name__ == "__main__":
    run_all()
