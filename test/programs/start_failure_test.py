#!/usr/bin/python3
"""Every program when the system refuses what it needs to start: exit code 1 and one error, never a crash.

usage: start_failure_test.py FAIL_AT_CALL PROGRAM...
"""
import errno
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from at_once import EVERY

FAIL_AT_CALL = sys.argv[1]
PROGRAMS = {pathlib.Path(path).name: path for path in sys.argv[2:]}
del sys.argv[1:]

RUNS = [
    ("sign_in", []),
    ("sign_in", ["--store", "sqlite:FOLDER/db", "--key-file", "FOLDER/keys"]),
    ("sign_in", ["--callback", "oob"]),
    ("login_server", ["--listen", "127.0.0.1:0", "--threads", "3"]),
    ("enrich_profiles", ["FOLDER/in", "FOLDER/out"]),
    ("greeter_bot", ["--once", "--state", "FOLDER/state"]),
    ("errors", []),
    ("signed_request", ["GET", "/2/users/me"]),
    ("coauth-sandbox", []),
]
SERVERS = {"login_server", "coauth-sandbox"}  # end by a signal only
WITHOUT_JSON = {"coauth-sandbox"}
# What fails, how, and up to which call of it.
CALLS = {
    "epoll_create1": (errno.EMFILE, 1), "pipe": (errno.EMFILE, 1), "pipe2": (errno.EMFILE, 1),
    "eventfd": (errno.ENFILE, 1), "timerfd_create": (errno.EMFILE, 1), "socket": (errno.EMFILE, 3),
    "listen": (errno.EADDRINUSE, 3), "getsockname": (errno.ENOBUFS, 3), "getrandom": (errno.EIO, 1),
    "getentropy": (errno.EIO, 1), "dup": (errno.EMFILE, 1), "pthread_create": (errno.EAGAIN, 2),
}


def run(name, arguments, environment=None, files=None):
    """Exit code, stdout and stderr. A server that is ready is asked to end, which is as good as 0."""
    def limit():
        if files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "in").write_text("user_1\n")
        keys = pathlib.Path(folder, "keys")
        keys.touch(0o600)
        keys.write_bytes(b"k" * 32)
        command = [PROGRAMS[name], *(argument.replace("FOLDER", folder) for argument in arguments)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=os.environ | (environment or {}), preexec_fn=limit)
        first = process.stdout.readline() if name in SERVERS else ""
        if first and not first.startswith('{"error"'):
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        return 0 if process.returncode == 143 else process.returncode, first + out, err


class Starts(unittest.TestCase):
    def check_end(self, name, arguments, code, out, err):
        self.assertIn(code, (0, 1), out + err)
        self.assertNotIn("terminate called", err)
        if code == 0:
            return
        if name == "coauth-sandbox":
            self.assertEqual((len(err.splitlines()), out), (1, ""), err)
        elif "expected" in err:  # the tour of errors met another one
            self.assertEqual(name, "errors")
        elif "--json" in arguments:
            self.assertTrue(json.loads(out.splitlines()[-1])["error"]["message"])
        else:
            self.assertEqual(err.count("error: "), 1, err)

    def check(self, play):
        """Runs play(name, arguments) for every program; it returns rows of (what it was, arguments, result of run)."""
        self.assertEqual(set(PROGRAMS), {name for name, _ in RUNS})
        with ThreadPoolExecutor(2) as pool:
            for (name, _), rows in zip(RUNS, pool.map(lambda way: play(*way), RUNS)):
                for case, arguments, (code, out, err) in rows:
                    with self.subTest(name=name, arguments=arguments, case=case):
                        self.check_end(name, arguments, code, out, err)

    def test_few_files(self):
        # With 3 the loader can't open the libraries.
        def play(name, arguments):
            rows, successes, files = [], 0, 4
            while successes < 2 and files <= 40:
                given = arguments + (["--json"] if files % 2 and name not in WITHOUT_JSON else [])
                rows.append((files, given, run(name, given, files=files)))
                successes += rows[-1][2][0] == 0
                files += EVERY
            return rows if successes == 2 and len(rows) * EVERY > 5 else [(files, arguments, (None, "never enough", ""))]

        self.check(play)

    def test_few_files_are_said_and_how_to_have_more(self):
        for name, arguments in RUNS:
            code, out, err = run(name, arguments, files=8)
            self.assertEqual((code, out), (1, ""), err)
            self.assertIn("Too many open files", err)
            self.assertIn("ulimit -n", err)

    def test_a_call_that_fails(self):
        def play(name, arguments):
            rows = []
            for call, (number, most) in CALLS.items():
                for nth in range(1, most + 1, EVERY):
                    given = arguments + (["--json"] if nth == 2 and name not in WITHOUT_JSON else [])
                    rows.append(((call, nth), given, run(name, given, {
                        "LD_PRELOAD": FAIL_AT_CALL, "FAIL_CALL": call, "FAIL_NTH": str(nth), "FAIL_ERRNO": str(number),
                        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"})))
            failed = [call for (call, _), _, (code, _, _) in rows if code != 0]
            expected = {"epoll_create1", "pipe", "getsockname", "getentropy", "socket", "listen"}
            return rows if expected <= set(failed) else [(failed, arguments, (None, "no failure was seen", ""))]

        self.check(play)


if __name__ == "__main__":
    unittest.main(verbosity=1)
