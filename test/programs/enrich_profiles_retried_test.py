#!/usr/bin/python3
"""`enrich_profiles --retry-failed`: lines that say "failed" are replaced in place, and OUT is whole at every moment.

usage: enrich_profiles_retried_test.py ENRICH_PROFILES COAUTH_SANDBOX DIE_AT_CALL
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import stat
import subprocess
import sys
import unittest

from at_once import EVERY
from enrich_job import NO_LIMITS, Job, calls, names_served
from sandbox_process import control

Job.program, Job.sandbox, DIE_AT_CALL = (sys.argv.pop(1) for _ in range(3))

NAMES_ROUTE = "/2/users/by"


def failed_line(name):
    return '{"input":"%s","outcome":"failed","profile":null,"error":{"code":"timeout"}}\n' % name


def kept_line(name):
    """As no run writes it today, so that a change is seen."""
    return '{"input":"%s","outcome":"found","profile":{"name":"kept \\u00e9"},"error":null}\n' % name


class Retried(Job):
    def setUp(self):
        super().setUp()
        self.draft = pathlib.Path(str(self.out) + ".retry-failed")

    def write_out(self, names, failed, ending=""):
        """OUT with a line for each name."""
        self.out.write_text("".join((failed_line if name in failed else kept_line)(name) for name in names) + ending)

    def check_out(self, names, asked):
        """The lines of those not asked are as `write_out` made them, the others are found."""
        lines = self.out.read_text().splitlines(keepends=True)
        self.assertEqual([json.loads(line)["input"] for line in lines], names)
        for name, line in zip(names, lines):
            if name in asked:
                self.assertEqual((json.loads(line)["outcome"], json.loads(line)["profile"]["username"]), ("found", name.lower()))
            else:
                self.assertEqual(line, kept_line(name))
        self.assertFalse(self.draft.exists())


class InPlace(Retried):
    def test_failed_lines_are_replaced_and_the_others_stay_byte_for_byte(self):
        names = [f"user_{i}" for i in range(1, 1001)]
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            source = self.input("\n".join(names))
            for failed in (names[:1], names[-1:], names[::7], names[100:900], names):
                for arguments in ([], ["--unordered"], ["--concurrency", "1"]):
                    control(ready, "/reset", {})
                    self.write_out(names, set(failed))
                    summary = self.run_job(ready, source, "--retry-failed", *arguments)
                    self.check_out(names, set(failed))
                    self.assertEqual(names_served(ready), {name: 1 for name in failed})
                    self.assertEqual((summary["inputs"], summary["found"], summary["failed"]), (1000, 1000, 0))
                    self.assertEqual(summary["requests"], -(-len(failed) // 100))

    def test_equal_inputs_are_each_replaced_and_asked_once(self):
        names = ["user_1", "user_2", "USER_1", "user_3", "user_1", "user_2"]
        with self.provider(*NO_LIMITS) as ready:
            for arguments in ([], ["--unordered"]):
                control(ready, "/reset", {})
                self.write_out(names, {"user_1", "USER_1"})
                self.run_job(ready, self.input("\n".join(names)), "--retry-failed", *arguments)
                self.check_out(names, {"user_1", "USER_1"})
                self.assertEqual(names_served(ready), {"user_1": 1})

    def test_with_nothing_failed_out_is_left_alone(self):
        names = ["user_1", "user_2"]
        with self.provider(*NO_LIMITS) as ready:
            self.write_out(names, set())
            before = self.out.stat()
            summary = self.run_job(ready, self.input("\n".join(names)), "--retry-failed")
            self.assertEqual((summary["inputs"], summary["requests"]), (2, 0))
            self.assertEqual((self.out.stat().st_ino, self.out.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))
            self.check_out(names, set())
            self.out.unlink()
            self.assertEqual(self.run_job(ready, self.input("\n".join(names)), "--retry-failed")["found"], 2)
            for device in ("/dev/null",):
                self.assertEqual(self.run_job(ready, self.input("\n".join(names)), "--retry-failed", out=device)["found"], 2)

    def test_an_out_that_is_not_complete_is_gone_on_with(self):
        names = [f"user_{i}" for i in range(1, 501)]
        failed = set(names[5:400:3])
        with self.provider("--users", 500, *NO_LIMITS) as ready:
            for text in ("", '{"input":"user_401","outc', '{"input":"'):
                for arguments in ([], ["--unordered"]):
                    control(ready, "/reset", {})
                    self.write_out(names[:400], failed, text)
                    summary = self.run_job(ready, self.input("\n".join(names)), "--retry-failed", *arguments)
                    self.assertEqual((summary["inputs"], summary["found"], summary["failed"]), (500, 500, 0))
                    lines = self.out.read_text().splitlines(keepends=True)
                    self.assertEqual(sorted(json.loads(line)["input"] for line in lines), sorted(names))
                    self.assertEqual([line for line in lines if "kept" in line],
                                     [kept_line(name) for name in names[:400] if name not in failed])
                    self.assertEqual(names_served(ready), {name: 1 for name in [*failed, *names[400:]]})
            # The last line lacks its end only.
            self.write_out(names[:3], {"user_3"})
            self.out.write_text(self.out.read_text().removesuffix("\n"))
            self.run_job(ready, self.input("user_1\nuser_2\nuser_3\n"), "--retry-failed")
            self.check_out(names[:3], {"user_3"})

    def test_what_fails_again_says_so(self):
        names = [f"user_{i}" for i in range(1, 501)]
        with self.provider("--users", 500, "--rate-limit", NAMES_ROUTE + "=2/2") as ready:
            self.write_out(names, set(names))
            summary = self.run_job(ready, self.input("\n".join(names)), "--retry-failed", "--max-wait", "5", code=1)
            self.assertEqual((summary["found"], summary["failed"]), (200, 300))
            self.assertEqual({line["error"]["code"] for line in self.lines() if line["error"]}, {"rate_limited"})
            self.assertIn("300 inputs failed", self.err)
            self.assertIn("--retry-failed", self.err)
            control(ready, "/reset", {})
            self.run_job(ready, self.input("\n".join(names)), "--retry-failed", "--max-wait", "5", code=1)
            self.assertEqual([line["outcome"] for line in self.lines()], ["found"] * 400 + ["failed"] * 100)

    def test_out_of_another_in_is_refused_and_left_as_it_is(self):
        with self.provider(*NO_LIMITS) as ready:
            self.write_out(["user_1", "user_2"], {"user_2"})
            before = self.out.read_bytes()
            self.assertIsNone(self.run_job(ready, self.input("user_1\nuser_3\n"), "--retry-failed", code=1))
            self.assertEqual((self.out.read_bytes(), calls(ready), self.draft.exists()), (before, 0, False))


class TheFile(Retried):
    NAMES = ["user_1", "user_2", "user_3"]

    def retry(self, ready, **how):
        return self.run_job(ready, self.input("\n".join(self.NAMES)), "--retry-failed", **how)

    def test_a_symbolic_link_stays_one(self):
        (self.folder / "there").mkdir()
        real = self.folder / "there" / "real.jsonl"
        with self.provider(*NO_LIMITS) as ready:
            self.write_out(self.NAMES, {"user_2"})
            self.out.rename(real)
            self.out.symlink_to("there/real.jsonl")
            self.retry(ready)
            self.check_out(self.NAMES, {"user_2"})
            self.assertEqual(os.readlink(self.out), "there/real.jsonl")
            self.assertEqual(sorted(entry.name for entry in real.parent.iterdir()), ["real.jsonl"])

    def test_mode_and_owner_are_kept(self):
        with self.provider(*NO_LIMITS) as ready:
            for mode in (0o600, 0o640, 0o664):
                self.write_out(self.NAMES, {"user_2"})
                self.out.chmod(mode)
                if os.geteuid() == 0:
                    os.chown(self.out, 65534, 65533)
                before = self.out.stat()
                self.retry(ready)
                self.check_out(self.NAMES, {"user_2"})
                after = self.out.stat()
                self.assertNotEqual(after.st_ino, before.st_ino)
                self.assertEqual((stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid), (mode, before.st_uid, before.st_gid))

    def test_what_a_killed_run_left_behind_is_removed(self):
        with self.provider(*NO_LIMITS) as ready:
            victim = self.folder / "victim"
            for leave in (lambda: self.draft.write_text("half a li"), lambda: self.draft.symlink_to(victim), lambda: os.mkfifo(self.draft)):
                victim.write_text("mine")
                self.write_out(self.NAMES, {"user_2"})
                leave()
                self.retry(ready)
                self.check_out(self.NAMES, {"user_2"})
                self.assertEqual(victim.read_text(), "mine")

    def refused(self, ready, words, **how):
        before = self.out.read_bytes()
        self.assertIsNone(self.retry(ready, code=1, **how))
        self.assertIn("error: invalid_argument: OUT, the file ", self.err)
        self.assertIn("OUT is as it was", self.err)
        self.assertIn(words, self.err)
        self.assertEqual((self.out.read_bytes(), calls(ready)), (before, 0))

    def test_a_folder_where_nothing_can_be_made(self):
        with self.provider(*NO_LIMITS) as ready:
            self.write_out(self.NAMES, {"user_2"})
            self.draft.mkdir()
            self.refused(ready, "Is a directory")
            self.draft.rmdir()
            how = {}
            if os.geteuid() == 0:  # who may write everywhere
                os.chown(self.out, 65534, 65534)
                authority = self.folder / "ca.pem"
                authority.write_bytes(pathlib.Path(ready["ca_file"]).read_bytes())
                # The checkout may lie where only root may go.
                self.program = shutil.copy(self.program, self.folder / "enrich_profiles")
                ready = {**ready, "ca_file": str(authority)}
                how = {"preexec_fn": lambda: os.setuid(65534)}
            self.folder.chmod(0o555)
            try:
                self.refused(ready, "Permission denied", **how)
            finally:
                self.folder.chmod(0o755)
            self.assertFalse(self.draft.exists())

    def test_a_full_disk_leaves_out_as_it_was(self):
        names = [f"user_{i}" for i in range(1, 501)]
        with self.provider("--users", 500, *NO_LIMITS) as ready:
            self.write_out(names, set(names[::2]))
            before = self.out.read_bytes()
            for limit in (1000, len(before)):
                process = self.start(ready, self.input("\n".join(names)), "--retry-failed", preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
                stdout, err = process.communicate()
                self.assertEqual((process.returncode, stdout), (1, ""), err)
                self.assertIn("OUT is as it was; make room", err)
                self.assertEqual(self.out.read_bytes(), before)
                self.assertFalse(self.draft.exists())
            self.run_job(ready, self.input("\n".join(names)), "--retry-failed")
            self.check_out(names, set(names[::2]))

    def test_the_new_file_is_locked_as_the_old_one_was(self):
        with self.provider(*NO_LIMITS) as ready:
            self.write_out(self.NAMES, {"user_2"})
            before = self.out.stat().st_ino
            first = self.start(ready, "-", "--retry-failed", stdin=subprocess.PIPE)
            first.stdin.write("\n".join(self.NAMES) + "\n")
            first.stdin.flush()
            while self.out.stat().st_ino == before:
                self.assertIsNone(first.poll())
            second = self.start(ready, self.input("\n".join(self.NAMES)), "--retry-failed")
            _, err = second.communicate()
            self.assertEqual(second.returncode, 1)
            self.assertIn("another run", err)
            first.stdin.write("user_4\n")
            first.stdin.close()
            first.stdin = None
            first.communicate()
            self.assertEqual(first.returncode, 0)
            self.check_out([*self.NAMES, "user_4"], {"user_2", "user_4"})


class Stopped(Retried):
    NAMES = [f"user_{i}" for i in range(1, 1001)]
    FAILED = set(NAMES[:800])

    def check_gained(self, ready, before, least):
        """What was found is in OUT, every other line is as it was, and the next run finds the rest."""
        lines = self.out.read_text().splitlines(keepends=True)
        found = {json.loads(line)["input"] for line, old in zip(lines, before) if line != old}
        self.assertEqual(len(lines), len(before))
        self.assertGreaterEqual(len(found), least)
        self.assertLessEqual(found, self.FAILED)
        self.assertEqual(set(names_served(ready)), found)
        for name, line, old in zip(self.NAMES, lines, before):
            if name in found:
                self.assertEqual(json.loads(line)["profile"]["username"], name)
            else:
                self.assertEqual(line, old)
        self.assertFalse(self.draft.exists())
        control(ready, "/reset", {})
        control(ready, "/faults", [])
        self.assertEqual(self.run_job(ready, self.input("\n".join(self.NAMES)), "--retry-failed")["found"], 1000)
        self.check_out(self.NAMES, self.FAILED)
        self.assertEqual(set(names_served(ready)), self.FAILED - found)

    def begin(self, ready, *faults):
        control(ready, "/reset", {})
        control(ready, "/faults", [{"route": NAMES_ROUTE, **fault} for fault in faults])
        self.write_out(self.NAMES, self.FAILED)
        return self.out.read_text().splitlines(keepends=True)

    def test_by_a_signal_it_keeps_what_was_found(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            for number in (signal.SIGTERM, signal.SIGINT):
                before = self.begin(ready, {"nth": 2, "times": 1, "delay_ms": 600, "status": 503}, {"nth": 4, "delay_ms": 600, "times": 0})
                process = self.start(ready, self.input("\n".join(self.NAMES)), "--retry-failed", "--concurrency", "4")
                while calls(ready) < 5:
                    self.assertIsNone(process.poll())
                process.send_signal(number)
                stdout, err = process.communicate()
                self.assertEqual(process.returncode, 128 + number, err)
                summary = json.loads(stdout)
                self.assertEqual((summary["inputs"], summary["found"] + summary["failed"]), (1000, 1000))
                # What was found behind the request that failed is there, too.
                self.check_gained(ready, before, 400)

    def test_by_a_refusal_it_keeps_what_was_found(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            for fault in ({"status": 403, "body": ""}, {"status": 401, "body": '{"errors":[{"code":89,"message":"x"}]}'}):
                before = self.begin(ready, {"nth": 3, "times": 0, **fault})
                summary = self.run_job(ready, self.input("\n".join(self.NAMES)), "--retry-failed", "--concurrency", "1", code=1)
                self.assertEqual((summary["found"], summary["failed"]), (400, 600))
                self.assertIn("run again with the same IN and OUT", self.err)
                self.check_gained(ready, before, 200)

    def test_by_the_cost_bound_it_keeps_what_was_found_and_does_not_go_on(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            before = self.begin(ready)[:900]
            self.out.write_text("".join(before))
            summary = self.run_job(ready, self.input("\n".join(self.NAMES)), "--retry-failed", "--max-cost", "2.5", code=1)
            self.assertEqual((summary["inputs"], summary["found"], summary["failed"], summary["cost_usd"]), (900, 350, 550, 2.5))
            self.assertIn("--max-cost", self.err)
            self.assertEqual(len(names_served(ready)), 250)

    def test_with_nothing_gained_out_is_the_same_file(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            before = self.begin(ready, {"times": 0, "status": 403, "body": ""})
            inode = self.out.stat().st_ino
            summary = self.run_job(ready, self.input("\n".join(self.NAMES)), "--retry-failed", code=1)
            self.assertEqual((summary["found"], summary["failed"]), (200, 800))
            self.assertEqual((self.out.stat().st_ino, self.draft.exists()), (inode, False))
            self.check_gained(ready, before, 0)


class KilledAtEveryCall(Retried):
    def killed_at_every_call(self, names, failed, done, *arguments):
        """`done`: how many lines OUT has."""
        with self.provider(*NO_LIMITS) as ready:
            source = self.input("\n".join(names))
            at, killed, news = 0, True, 0
            while killed:
                self.write_out(names[:done], failed)
                old = self.out.read_bytes()
                sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
                how = {"LD_PRELOAD": DIE_AT_CALL, "DIE_AT": str(at), "ASAN_OPTIONS": sanitizer}
                process = self.start(ready, source, "--retry-failed", *arguments, environment=how)
                _, err = process.communicate()
                killed = process.returncode == -signal.SIGKILL
                self.assertIn(process.returncode, (0, -signal.SIGKILL), err)
                left = self.out.read_bytes()
                if left != old:  # then it is the new file, or that and some of the lines that go on
                    news += 1
                    kept = left.splitlines(keepends=True)[:done]
                    self.assertEqual([json.loads(line)["outcome"] for line in kept], ["found"] * done)
                    self.assertEqual([line for line in kept if b"kept" in line],
                                     [line for line in old.splitlines(keepends=True) if b"kept" in line])
                self.run_job(ready, source, "--retry-failed", *arguments)
                if done == len(names):
                    self.check_out(names, failed)
                self.assertEqual(sorted(self.outcomes()), sorted((name, "found") for name in names))
                self.draft.unlink(missing_ok=True)
                at += EVERY
            return at, news

    def test_in_order(self):
        names = ["user_1", "user_2", "user_3", "user_2", "user_4"]
        at, news = self.killed_at_every_call(names, {"user_2", "user_4"}, 5)
        # Three lines and what stands between them, the two of fsync and rename: before and after each.
        self.assertGreater(at, 2 * 8)
        self.assertGreater(news * EVERY, 2)

    def test_unordered_and_not_complete(self):
        names = ["user_1", "user_2", "user_3", "user_4", "user_5"]
        _, news = self.killed_at_every_call(names, {"user_1", "user_3"}, 4, "--unordered")
        self.assertGreater(news * EVERY, 4)


if __name__ == "__main__":
    unittest.main(verbosity=1)
