#!/usr/bin/python3
"""Every program whose output can't be written: exit code 1 and a reason on stderr, never 0 with data lost.

usage: lost_output_test.py PROGRAM...
"""
import contextlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from sandbox_process import Sandbox

PROGRAMS = {pathlib.Path(path).name: path for path in sys.argv[1:]}
del sys.argv[1:]
VECTOR = json.dumps({"id": 1, "method": "GET", "url": "http://example.com/", "consumer_key": "k", "nonce": "n", "timestamp": 1})

# How each is run for its output, with FOLDER for a folder of its own.
RUNS = {
    "sign_in": [[], ["--callback", "oob"]],
    "login_server": [["--listen", "127.0.0.1:0"]],
    "enrich_profiles": [["FOLDER/in", "FOLDER/out"]],
    "greeter_bot": [["--once"], ["--once", "--state", "FOLDER/state"]],
    "errors": [[]],
    "signed_request": [["GET", "/2/users/me"], ["GET", "/2/users/me", "--explain"], ["--vectors", "FOLDER/vectors"]],
    "store_keys": [["make", "FOLDER/new"], ["add", "FOLDER/keys"], ["list", "FOLDER/keys"]],
    "coauth-sandbox": [[]],
}
WITHOUT_JSON = {"coauth-sandbox", "store_keys"}


@contextlib.contextmanager
def full():
    with open("/dev/full", "wb") as device:
        yield device


@contextlib.contextmanager
def gone_reader():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@contextlib.contextmanager
def closed():
    yield None


SINKS = {"full": full, "gone reader": gone_reader, "closed": closed}
REASONS = {"full": "No space left on device", "gone reader": "Broken pipe", "closed": "Bad file descriptor"}


def run(name, arguments, sink, **more):
    """Exit code and stderr."""
    with tempfile.TemporaryDirectory() as folder, SINKS[sink]() as stdout:
        pathlib.Path(folder, "in").write_text("user_1\nuser_2\n")
        pathlib.Path(folder, "vectors").write_text((VECTOR + "\n") * 1000)
        keys = pathlib.Path(folder, "keys")
        keys.touch(0o600)
        keys.write_bytes(b"k" * 32)
        command = [PROGRAMS[name], *(argument.replace("FOLDER", folder) for argument in arguments)]
        if stdout is None:
            command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True,
                              timeout=20, **more)
        return done.returncode, done.stderr


class LosesNothing(unittest.TestCase):
    def check(self, cases):
        with ThreadPoolExecutor(2) as pool:
            for case, (code, err) in zip(cases, pool.map(lambda case: run(*case), cases)):
                with self.subTest(case=case):
                    self.assertEqual(code, 1, err)
                    self.assertRegex(err, "(stdout can't be written|can't be written to stdout): " + REASONS[case[2]])

    def test_every_program_says_so_and_ends_with_1(self):
        self.assertEqual(set(PROGRAMS), set(RUNS))
        self.check([(name, arguments + json_flag, sink) for name, runs in RUNS.items() for arguments in runs
                    for json_flag in ([], ["--json"]) if not (json_flag and name in WITHOUT_JSON) for sink in SINKS])

    def test_help_and_version_too(self):
        self.check([(name, [flag], sink) for name in RUNS for flag in ("--help", "--version") for sink in SINKS])

    def test_an_error_that_json_cannot_tell_is_told_on_stderr(self):
        for sink in SINKS:
            code, err = run("sign_in", ["--json", "--provider", "https://127.0.0.1:1"], sink,
                            env={"COAUTH_CONSUMER_KEY": "k", "COAUTH_CONSUMER_SECRET": "s"})
            self.assertEqual(code, 1)
            self.assertIn("stdout can't be written" if "connect_failed" not in err else "connect_failed", err)

    def test_vectors_end_when_no_reader_takes_the_results(self):
        # More would follow for ever.
        reading, writing = os.pipe()
        with full() as stdout:
            process = subprocess.Popen([PROGRAMS["signed_request"], "--vectors", "-"], stdin=reading, stdout=stdout,
                                       stderr=subprocess.PIPE, text=True)
        os.close(reading)
        with self.assertRaises(BrokenPipeError):
            while True:
                os.write(writing, VECTOR.encode() + b"\n")
        os.close(writing)
        self.assertIn("stdout can't be written", process.communicate()[1])
        self.assertEqual(process.returncode, 1)

    def test_a_file_size_limit_is_an_error_and_no_signal(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

        with tempfile.TemporaryFile() as stdout:
            done = subprocess.run([PROGRAMS["signed_request"], "--help"], stdout=stdout, stderr=subprocess.PIPE, text=True,
                                  preexec_fn=limit)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stdout can't be written: File too large", done.stderr)

    def test_stderr_that_cannot_be_written_is_no_error(self):
        with full() as stderr, Sandbox(PROGRAMS["coauth-sandbox"], "--log", os.devnull) as ready:
            for command in ([PROGRAMS["sign_in"]], [PROGRAMS["greeter_bot"], "--once"],
                            [PROGRAMS["signed_request"], "GET", "/2/users/me"]):
                self.assertEqual(subprocess.run(command, stdout=subprocess.DEVNULL, stderr=stderr).returncode, 0)
            self.assertTrue(ready["url"])

    def test_the_sandbox_goes_on_without_its_log_and_says_so_once(self):
        process = subprocess.Popen([PROGRAMS["coauth-sandbox"], "--log", "/dev/full", "--auto-approve"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ready = json.loads(process.stdout.readline())
        for _ in range(2):
            subprocess.run([PROGRAMS["sign_in"], "--provider", ready["url"], "--ca-file", ready["ca_file"], "--callback",
                            "oob"], input="", text=True, capture_output=True, env={
                                "COAUTH_CONSUMER_KEY": ready["consumer_key"],
                                "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]})
        process.terminate()
        _, err = process.communicate()
        self.assertEqual((process.returncode, err.count("can't be written")), (143, 1), err)

    def test_a_certificate_that_cannot_be_written_is_an_error(self):
        for path in ("/dev/full", "/nowhere/ca.pem"):
            done = subprocess.run([PROGRAMS["coauth-sandbox"], "--ca-out", path], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertEqual(len(done.stderr.splitlines()), 1)
            self.assertIn(path, done.stderr)

    @contextlib.contextmanager
    def one_mention(self):
        """A sandbox where one mention waits; gives a function that runs the bot once."""
        seed = {"users": [{"id": "11", "username": "greeter"}, {"id": "12", "username": "ada"}],
                "tweets": [{"id": "1000", "user_id": "12", "text": "@greeter hi", "created_at": "2026-01-31T12:00:00Z"}],
                "consumers": [{"key": "k", "secret": "s"}],
                "access_tokens": [{"token": "11-token", "secret": "ts", "user_id": "11", "consumer_key": "k"}]}
        keys = {"COAUTH_CONSUMER_KEY": "k", "COAUTH_CONSUMER_SECRET": "s", "COAUTH_TOKEN": "11-token",
                "COAUTH_TOKEN_SECRET": "ts"}
        with tempfile.TemporaryDirectory() as folder:
            state = pathlib.Path(folder, "state")
            pathlib.Path(folder, "seed").write_text(json.dumps(seed))
            with Sandbox(PROGRAMS["coauth-sandbox"], "--seed", folder + "/seed", "--log", os.devnull) as ready:
                command = [PROGRAMS["greeter_bot"], "--once", "--provider", ready["url"], "--ca-file", ready["ca_file"],
                           "--state", str(state)]
                yield state, lambda *flags, stdout=subprocess.PIPE, **more: subprocess.run(
                    [*command, *flags], stdout=stdout, stderr=subprocess.PIPE, text=True, env=os.environ | keys, **more)

    def test_a_mention_whose_result_cannot_be_printed_is_recorded(self):
        with self.one_mention() as (state, greet):
            with full() as stdout:
                first = greet(stdout=stdout)
            self.assertEqual(first.returncode, 1)
            self.assertIn("stdout can't be written: No space left on device", first.stderr)
            kept = json.loads(state.read_text())
            self.assertEqual([settled["mention"] for settled in kept["answered"]], ["1000"])
            self.assertIsNone(kept["intention"])
            second = greet()
            self.assertEqual((second.returncode, second.stdout), (0, ""))

    def test_a_state_file_that_cannot_be_written_is_a_typed_error(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))

        with self.one_mention() as (state, greet):
            failed = greet("--json", preexec_fn=limit)
            self.assertEqual(failed.returncode, 1, failed.stderr)
            told = json.loads(failed.stdout)["error"]
            self.assertEqual(told["code"], "store_unavailable")
            self.assertIn("File too large", told["message"])
            self.assertFalse(state.exists())
            self.assertEqual(greet().stdout.count("answered"), 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
