#!/usr/bin/python3
"""`enrich_profiles` against coauth-sandbox: what goes in, what comes out, and files that can't be used.

usage: enrich_profiles_test.py ENRICH_PROFILES COAUTH_SANDBOX
"""
import fcntl
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
import unittest

from enrich_job import SUMMARY_KEYS, Job, calls, names_served
from sandbox_process import control

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)


class TurnsNamesIntoProfiles(Job):
    def test_lines_come_in_input_order_in_both_apis(self):
        names = [f"user_{i}" for i in range(1, 251)] + ["not_a_user"] + [f"USER_{i}" for i in range(250, 150, -1)]
        for api in ("2", "1.1"):
            with self.provider("--users", 250) as ready:
                self.out.unlink(missing_ok=True)
                summary = self.run_job(ready, self.input("\n".join(names)), "--api", api)
                self.assertEqual([line["input"] for line in self.lines()], names)
                for line in self.lines():
                    if line["outcome"] == "found":
                        self.assertEqual(line["profile"]["username"], line["input"].lower())
                        self.assertIsNone(line["error"])
                self.assertEqual({**summary, "requests": 0}, dict(zip(SUMMARY_KEYS, [351, 350, 1, 0, 0, 0, 0, 0, 2.5])))
                # The hundred that came again cost nothing, whatever their case.
                self.assertEqual(summary["requests"], calls(ready))
                self.assertEqual(max(names_served(ready).values()), 1)

    def test_a_name_that_comes_again_is_asked_once_among_the_last_20000(self):
        with self.provider() as ready:
            names = ["user_1", *(f"absent_{i}" for i in range(19_998)), "user_1"]
            self.run_job(ready, self.input("\n".join(names)), "--concurrency", "2")
            self.assertEqual(names_served(ready)["user_1"], 1)

    def test_unordered_lines_are_the_same_ones(self):
        names = [f"user_{i % 300 + 1}" for i in range(1000)]
        with self.provider("--users", 300) as ready:
            control(ready, "/faults", [{"route": "/2/users/by", "delay_ms": 300}])
            self.run_job(ready, self.input("\n".join(names)), "--unordered")
            self.assertEqual(sorted(line["input"] for line in self.lines()), sorted(names))
            self.assertNotEqual([line["input"] for line in self.lines()], names)
            self.assertTrue(all(line["profile"]["username"] == line["input"] for line in self.lines()))
            self.assertEqual(max(names_served(ready).values()), 1)

    def test_each_outcome(self):
        seed = {"users": [{"id": "11", "username": "ada"}, {"id": "12", "username": "bob", "suspended": True},
                          {"id": "13", "username": "42"}]}
        text = b" @Ada\r\n\r\nbob\nabsent\ntwo words\n12\n11\n42\n@42\nna\xffme\n" + b"x" * 5000 + b"\n"
        for arguments in ([], ["--unordered"], ["--api", "1.1"]):
            self.out.unlink(missing_ok=True)
            with self.provider(seed=seed) as ready:
                summary = self.run_job(ready, self.input(text), *arguments)
            expected = [(" @Ada", "found"), ("bob", "suspended"), ("absent", "not_found"), ("two words", "invalid"),
                        ("12", "suspended"), ("11", "found"), ("42", "not_found"), ("@42", "found"),
                        ("na\ufffdme", "invalid"), ("x" * 1024, "invalid")]
            if "1.1" in arguments:  # users/lookup leaves users out and does not say why
                expected = [(who, "not_found" if what == "suspended" else what) for who, what in expected]
            found = self.outcomes()
            self.assertEqual(sorted(found) if arguments == ["--unordered"] else found,
                             sorted(expected) if arguments == ["--unordered"] else expected)
            self.assertEqual((summary["inputs"], summary["found"], summary["invalid"]), (10, 3, 3))
        for line in self.lines():
            self.assertEqual(line["error"] is None, line["outcome"] != "invalid")
            if line["error"]:
                self.assertEqual(line["error"]["code"], "invalid_argument")

    def test_by_name_and_by_id(self):
        seed = {"users": [{"id": "11", "username": "12"}, {"id": "12", "username": "ada"}]}
        with self.provider(seed=seed) as ready:
            for by, expected in (("name", ["12", None, "ada"]), ("id", ["ada", "12", None])):
                self.out.unlink(missing_ok=True)
                self.run_job(ready, self.input("12\n11\nada\n"), "--by", by)
                self.assertEqual([(line["profile"] or {}).get("username") for line in self.lines()], expected)
            self.assertEqual([line["outcome"] for line in self.lines()], ["found", "found", "invalid"])

    def test_csv(self):
        text = 'id,"full name",screen_name\r\n1,"A, ""B""\r\n",user_1\r\n2,x,"@user_2"\r\n\r\n3,y\r\n'
        with self.provider() as ready:
            self.run_job(ready, self.input("\ufeff" + text))
            self.assertEqual(self.outcomes(), [("user_1", "found"), ("@user_2", "found"), ("", "invalid")])
            self.out.unlink()
            self.run_job(ready, self.input(text), "--column", "Full Name")
            self.assertEqual([line["input"] for line in self.lines()], ['A, "B"\r\n', "x", ""])
            self.out.unlink()
            self.assertIsNone(self.run_job(ready, self.input(text), "--column", "nick", code=2))
            self.assertIn('"id" "full name" "screen_name"', self.err)
            self.assertIsNone(self.run_job(ready, self.input("a,b\n1,2\n"), code=2))
            self.assertFalse(self.out.exists())

    def test_nothing_in_nothing_out(self):
        with self.provider() as ready:
            for text in ("", "\n\n", "id,username\n"):
                self.assertEqual(set(self.run_job(ready, self.input(text)).values()), {0})
                self.assertEqual(self.out.read_text(), "")
            self.assertEqual(calls(ready), 0)

    def test_alone_it_needs_no_user(self):
        source = self.input("".join(f"user_{i}\n" for i in range(1, 12)))
        done = subprocess.run([self.program, source, self.out], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["found"], 10)

    def test_a_pipe_gets_its_results_while_it_stays_open(self):
        with self.provider() as ready:
            for arguments in ([], ["--unordered"]):
                self.out.unlink(missing_ok=True)
                os.mkfifo(self.folder / "out")
                process = self.start(ready, "-", *arguments, stdin=subprocess.PIPE, out=self.folder / "out")
                names = ["user_1", "user_2", "absent", "user_1"]
                process.stdin.write("user_1\n")
                process.stdin.flush()
                with open(self.folder / "out") as results:  # once there is an input
                    for i, name in enumerate(names):
                        if i != 0:
                            process.stdin.write(name + "\n")
                            process.stdin.flush()
                        self.assertEqual(json.loads(results.readline())["input"], name)
                    process.stdin.write("user_3")
                    stdout, _ = process.communicate()
                    self.assertEqual(json.loads(results.readline())["input"], "user_3")
                self.assertEqual(process.returncode, 0)
                self.assertEqual(json.loads(stdout)["inputs"], 5)
                (self.folder / "out").unlink()


class FilesThatCannotBeUsed(Job):
    def check_error(self, ready, source, *words, **how):
        process = self.start(ready, source, "--json", **how)
        self.assertEqual(json.loads(process.communicate()[0])["error"]["code"], "invalid_argument")
        process = self.start(ready, source, **how)
        stdout, err = process.communicate()
        self.assertEqual((process.returncode, stdout), (1, ""))
        for word in ("invalid_argument", *words):
            self.assertIn(word, err)

    def test_out_that_cannot_be_written(self):
        with self.provider() as ready:
            source = self.input("user_1\n")
            self.check_error(ready, source, "/dev/full", "No space left", out="/dev/full")
            self.check_error(ready, source, str(self.folder), "directory", out=self.folder)
            self.check_error(ready, source, "no/out", "No such file", out=self.folder / "no/out")

    def test_a_full_disk_loses_nothing(self):
        names = [f"user_{i}" for i in range(1, 501)]
        with self.provider("--users", 500) as ready:
            source = self.input("\n".join(names))
            size, limits = 0, (50_001, 120_007, 150_000, resource.RLIM_INFINITY)
            for limit in limits:
                process = self.start(ready, source, preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
                stdout, err = process.communicate()
                if limit == resource.RLIM_INFINITY:
                    self.assertEqual(process.returncode, 0, err)
                    break
                self.assertEqual((process.returncode, stdout), (1, ""), err)
                self.assertIn(str(self.out), err)
                self.assertIn("it goes on where it stopped", err)
                self.assertEqual(self.out.stat().st_size, limit)
                self.assertGreater(limit, size)
                size = limit
            self.assertEqual(self.outcomes(), [(name, "found") for name in names])

    def test_a_reader_that_goes_away(self):
        with self.provider("--users", 1000) as ready:
            os.mkfifo(self.folder / "out")
            process = self.start(ready, self.input("".join(f"user_{i}\n" for i in range(1, 1001))), out=self.folder / "out")
            with open(self.folder / "out") as results:
                results.readline()
            _, err = process.communicate()
            self.assertEqual(process.returncode, 1)
            self.assertIn("Broken pipe", err)

    def test_in_that_cannot_be_read(self):
        with self.provider() as ready:
            for source in (self.folder / "none", self.folder):
                self.check_error(ready, source, str(source), "can't be read")
                self.assertFalse(self.out.exists())
            self.run_job(ready, "-", code=1, stdin=None, preexec_fn=lambda: os.close(0), out="/dev/full")

    def test_in_and_out_are_the_same_file(self):
        with self.provider() as ready:
            source = self.input("user_1\n")
            self.run_job(ready, source, code=2, out=source)
            os.symlink(source, self.folder / "link")
            self.run_job(ready, source, code=2, out=self.folder / "link")
            self.assertEqual(source.read_text(), "user_1\n")

    def test_a_second_run_on_the_same_file_is_kept_out(self):
        with self.provider() as ready:
            source = self.input("user_1\n")
            with open(self.out, "a") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                self.check_error(ready, source, "another run")
            self.run_job(ready, source)
            self.assertEqual(self.outcomes(), [("user_1", "found")])

    def test_stderr_that_is_closed_does_not_end_up_in_out(self):
        with self.provider() as ready:
            for closed in ((2,), (0, 2), (0, 1, 2)):
                self.out.unlink(missing_ok=True)
                process = self.start(ready, self.input("user_1\nuser_2\n"),
                                     preexec_fn=lambda: [os.close(number) for number in closed])
                process.communicate()
                # A summary that can't be written is an error.
                self.assertEqual(process.returncode, 1 if 1 in closed else 0)
                self.assertEqual(self.outcomes(), [("user_1", "found"), ("user_2", "found")])

    def test_progress_that_cannot_be_shown_costs_nothing_else(self):
        with self.provider() as ready, open("/dev/full", "w") as full:
            process = self.start(ready, self.input("user_1\ntwo words\nuser_2\n"), stderr=full)
            self.assertEqual(json.loads(process.communicate()[0])["found"], 2)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(self.outcomes(), [("user_1", "found"), ("two words", "invalid"), ("user_2", "found")])

    def test_a_summary_that_cannot_be_written_is_said_and_is_a_failure(self):
        with self.provider() as ready, open("/dev/full", "w") as full:
            reader, writer = os.pipe()
            os.close(reader)
            for how in ({"stdout": full}, {"stdout": writer}, {"preexec_fn": lambda: os.close(1)}):
                self.out.unlink(missing_ok=True)
                process = self.start(ready, self.input("user_1\n"), **how)
                _, err = process.communicate()
                self.assertEqual(process.returncode, 1)
                self.assertIn("the summary can't be written to stdout", err)
                self.assertEqual(self.outcomes(), [("user_1", "found")])
                # An error of the run is told all the same, with --json on stderr.
                for arguments in ([], ["--json"]):
                    self.out.unlink(missing_ok=True)
                    process = self.start(ready, self.input("user_1\n"), *arguments, token_secret="wrong", **how)
                    _, err = process.communicate()
                    self.assertEqual(process.returncode, 1)
                    self.assertIn("check both pairs", err)
            os.close(writer)

    def test_wrong_usage(self):
        source = self.input("user_1\n")
        for arguments in ([], [source], [source, self.out, "extra"], [source, "-"], [source, self.out, "--by", "x"],
                          [source, self.out, "--concurrency", "0"], [source, self.out, "--concurrency", "65"],
                          [source, self.out, "--max-cost", "1e3"], [source, self.out, "--price", "-1"],
                          [source, self.out, "--max-wait", "-1"], [source, self.out, "--retry-for", "-1"],
                          [source, self.out, "--retry-for", "86401"], [source, self.out, "--retry-for", "x"], [source, self.out, "--api", "3"]):
            done = subprocess.run([self.program, *arguments], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
        self.assertFalse(self.out.exists())
        for arguments in (["--help"], ["--version"]):
            self.assertEqual(subprocess.run([self.program, *arguments], capture_output=True).returncode, 0)

    def test_no_token(self):
        with self.provider() as ready:
            keys = {"COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}
            done = subprocess.run([self.program, "--provider", ready["url"], "--ca-file", ready["ca_file"],
                                   self.input("a\n"), self.out], capture_output=True, text=True, env={**os.environ, **keys})
            self.assertEqual(done.returncode, 1)
            self.assertIn("COAUTH_TOKEN", done.stderr)


class Progress(Job):
    LIMIT = ["--users", 1000, "--rate-limit", "/2/users/by=4/4"]
    NAMES = [f"user_{i}\n" for i in range(1, 1001)]

    def start_on_terminal(self, ready, source, *arguments):
        """The program, and what it shows, piece by piece."""
        try:
            ours, theirs = pty.openpty()
        except OSError:
            self.skipTest("there are no pseudo-terminals here")
        process = self.start(ready, source, *arguments, stderr=theirs)
        os.close(theirs)

        def shown():
            with open(ours, "rb", buffering=0) as terminal:
                while True:
                    try:
                        piece = terminal.read(4096)
                    except OSError:  # how Linux says that the other end is closed
                        return
                    if not piece:
                        return
                    yield piece.decode()
        return process, shown()

    def test_a_terminal_gets_a_bar_in_place(self):
        with self.provider("--users", 300) as ready:
            process, shown = self.start_on_terminal(ready, self.input("".join(self.NAMES[:300])))
            last = "".join(shown).split("\r\x1b[K")[-1]
            stdout, _ = process.communicate()
            self.assertEqual(json.loads(stdout)["found"], 300)
            self.assertRegex(last, r"^\[#{40}\] 100 %  300 done  \d+/s\s+$")

    def test_a_signal_leaves_the_bar_where_it_is_and_says_what_was_waited_and_how_to_go_on(self):
        part = 100 * len("".join(self.NAMES[:400])) // len("".join(self.NAMES))
        with self.provider(*self.LIMIT) as ready:
            for number, arguments in ((signal.SIGINT, []), (signal.SIGTERM, ["--unordered"])):
                self.out.unlink(missing_ok=True)
                control(ready, "/reset", {})
                process, shown = self.start_on_terminal(ready, self.input("".join(self.NAMES)), *arguments)
                text, left = "", set()
                while len(left) < 2:  # the time that is left is seen to go
                    text += next(shown)
                    left = set(re.findall(r"waiting for the rate limit, (\S+ min \S+ s) left", text))
                process.send_signal(number)
                text += "".join(shown)
                stdout, _ = process.communicate()
                self.assertEqual(process.returncode, 128 + number)
                bars = text[text.index("waiting for"):].split("\r\x1b[K")[1:]
                for bar in bars:
                    self.assertRegex(bar, rf"^\[#+\.+\] {part} %  400 done ")
                self.assertRegex(text, r"\r\nstopped by a signal; run again with the same IN and OUT to go on\r\n$")
                self.assertGreater(json.loads(stdout)["waited_s"], 0)

    def test_a_log_gets_lines(self):
        with self.provider(*self.LIMIT) as ready:
            begun = time.monotonic()
            process = self.start(ready, self.input("".join(self.NAMES)))
            line = process.stderr.readline()  # while the job waits for the rate limit, however long it takes to get there
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate()
            *lines, last = [line, *rest.splitlines(keepends=True)]
            self.assertEqual(last, "stopped by a signal; run again with the same IN and OUT to go on\n")
            self.assertTrue(1 <= len(lines) <= 4 + (time.monotonic() - begun) / 10, lines)
            for line in lines:
                self.assertRegex(line, r"^\d+ %  \d+ done  (\d+/s  \d+ (s|min \d+ s)|waiting for the rate limit, \d+ min \d+ s) left\n$")


if __name__ == "__main__":
    unittest.main(verbosity=1)
