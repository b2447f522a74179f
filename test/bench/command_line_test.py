#!/usr/bin/python3
"""What coauth_bench says of its flags, and of output that is lost: command_line_test.py COAUTH_BENCH"""
import subprocess
import sys
import unittest

BENCH = sys.argv.pop(1)
QUICK = ["--suite", "sign", "--only", "users_show", "--iters", "1"]


def run(*arguments, **more):
    return subprocess.run([BENCH, *arguments], stderr=subprocess.PIPE, text=True, timeout=60, check=False,
                          **({"stdout": subprocess.PIPE} | more))


class CommandLine(unittest.TestCase):
    def test_help_is_the_usage(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("usage: coauth_bench "))

    def test_wrong_usage(self):
        for arguments, said in ((["--secs", "abc"], "--secs: abc is not a number"), (["--secs", "nan"], "--secs is more than 0"),
                                (["--secs", "0"], "--secs is more than 0"), (["--iters", "-1"], "--iters: -1 is not a number"),
                                (["--iters", "1x"], "--iters: 1x is not a number"), (["--names", "0"], "--names is at least 1"),
                                (["--secs"], "--secs needs a value"), (["--nothing"], "there is no --nothing"),
                                (["--suite", "nope"], "unknown suite nope"),
                                ([*QUICK, "--only", "nope"], "no case nope was measured")):
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertEqual(done.stderr.splitlines()[0][:len(said)], said)
                self.assertTrue(done.stderr.splitlines()[1].startswith("usage: coauth_bench "))

    def test_output_that_is_lost_is_an_error(self):
        for arguments in (QUICK, [*QUICK, "--json"], [*QUICK, "--sample"], ["--help"]):
            with self.subTest(arguments=arguments):
                with open("/dev/full", "wb") as full:
                    done = run(*arguments, stdout=full)
                self.assertEqual(done.returncode, 1)
                self.assertIn("stdout can't be written: No space left on device", done.stderr)
                done = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&-', "sh", BENCH, *arguments], stderr=subprocess.PIPE, text=True,
                                      timeout=60, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("stdout can't be written", done.stderr)
        self.assertEqual(run(*QUICK).returncode, 0)


if __name__ == "__main__":
    unittest.main()
