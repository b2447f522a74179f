#!/usr/bin/python3
"""`enrich_profiles` with names that always fail, beside names that do not: what the one costs the others.

usage: enrich_profiles_outages_test.py ENRICH_PROFILES COAUTH_SANDBOX
"""
import json
import os
import subprocess
import sys
import unittest

from at_once import run_all
from enrich_job import Job
from odd_provider import OddProvider

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)

PAGE = (200, b"<!doctype html><html><title>Sign in to this network</title></html>")
UNAVAILABLE = (503, b"")
BAD = (400, b'{"title":"Invalid Request","detail":"bad","type":"https://api.x.com/2/problems/invalid-request"}')


def failed_line(name):
    return '{"input":"%s","outcome":"failed","profile":null,"error":{"code":"timeout"}}\n' % name


class Names(OddProvider):
    """Finds every name; `refuses(names, number)` may give another response to the request of that number."""

    def __init__(self, refuses=lambda names, number: None):
        super().__init__({"/2/users/by": self.look_up})
        self.refuses, self.requests, self.found = refuses, 0, []

    def look_up(self, query, _):
        names = query["usernames"].split(",")
        self.requests += 1
        refusal = self.refuses(names, self.requests)
        if refusal:
            return refusal
        self.found += names
        users = [{"id": str(10 + int(name.split("_")[1])), "name": "n", "username": name} for name in names]
        return json.dumps({"data": users}).encode()


class Outages(Job):
    def start(self, provider, source, *arguments, **how):
        keys = {"COAUTH_CONSUMER_KEY": "k", "COAUTH_CONSUMER_SECRET": "s", "COAUTH_TOKEN": "15-token", "COAUTH_TOKEN_SECRET": "t"}
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how}
        return subprocess.Popen([self.program, "--provider", provider.url, str(source), str(how.pop("out", self.out)),
                                 *map(str, arguments)], env={**os.environ, **keys}, text=True, **how)

    def names(self, count):
        names = [f"user_{i}" for i in range(1, count + 1)]
        return names, self.input("\n".join(names))


class Money(Outages):
    def test_one_odd_name_does_not_cost_what_was_paid_for(self):
        names, source = self.names(600)
        with Names(lambda asked, _: UNAVAILABLE if "user_7" in asked else None) as provider:
            paid = ["--max-cost", "3", "--retry-for", "4"]
            summary = self.run_job(provider, source, *paid, code=1)
            self.assertEqual((summary["found"], summary["failed"], summary["cost_usd"]), (300, 1, 3))
            self.assertEqual(self.outcomes()[6], ("user_7", "failed"))
            self.assertIn("stopped by --max-cost 3: 3 is used up", self.err)
            summary = self.run_job(provider, source, *paid, code=1)
            self.assertEqual((summary["found"], summary["failed"], summary["cost_usd"]), (599, 1, 2.99))
            self.assertEqual(sorted(provider.found), sorted(set(names) - {"user_7"}))

    def test_requests_that_all_fail_are_not_called_spent_money(self):
        _, source = self.names(1000)
        for refusal, code in ((PAGE, "malformed_response"), (BAD, "provider_error")):
            for bound in ("0.01", "1", "5"):
                with Names(lambda *_: refusal) as provider:
                    summary = self.run_job(provider, source, "--max-cost", bound, code=1)
                    self.assertEqual((summary["inputs"], summary["cost_usd"]), (0, 0))
                    self.assertIn("error: " + code, self.err)
                    self.assertIn("3 requests in a row failed; run again with the same IN and OUT to go on", self.err)
                    self.assertNotIn("--max-cost", self.err)


class Portal(Outages):
    def test_names_that_come_again_do_not_hide_that_every_request_fails(self):
        names = [f"user_{i}" if i % 100 else "user_100" for i in range(1, 2001)]
        for arguments in ([], ["--unordered"]):
            for refusal, more in ((PAGE, []), (UNAVAILABLE, ["--retry-for", "0"])):
                self.out.unlink(missing_ok=True)
                with Names(lambda _, number: refusal if number > 8 else None) as provider:
                    summary = self.run_job(provider, self.input("\n".join(names)), *more, *arguments, code=1)
                    self.assertEqual(summary["failed"], 0)
                    self.assertIn("3 requests in a row failed; run again", self.err)
                    self.assertLessEqual(summary["inputs"], 850)
                    provider.refuses = lambda *_: None
                    summary = self.run_job(provider, self.input("\n".join(names)), *arguments)
                    self.assertEqual((summary["found"], summary["failed"]), (2000, 0))

    def test_an_equal_name_on_the_wire_does_not_hide_it_either(self):
        names = [f"user_{i}" if i % 100 != 1 else "user_1" for i in range(1, 801)]
        with Names(lambda asked, _: None if "user_1" in asked else PAGE) as provider:
            summary = self.run_job(provider, self.input("\n".join(names)), code=1)
            self.assertEqual((summary["inputs"], summary["found"]), (101, 101))


class Retried(Outages):
    def check_the_rest_is_asked(self, refusal, *arguments):
        names, source = self.names(450)
        with Names(lambda asked, _: refusal if "user_7" in asked else None) as provider:
            self.out.write_text("".join(failed_line(name) for name in names[6:7]))
            self.out.write_text("".join(json.dumps({"input": name, "outcome": "found", "profile": {}, "error": None}, separators=(",", ":"))
                                        + "\n" for name in names[:6]) + failed_line("user_7"))
            before = self.out.read_text()
            summary = self.run_job(provider, source, "--retry-failed", "--retry-for", "1", *arguments, code=1)
            self.assertEqual((summary["inputs"], summary["found"], summary["failed"]), (450, 449, 1))
            self.assertTrue(self.out.read_text().startswith(before))
            self.assertEqual(sorted(provider.found), sorted(names[7:]))
            self.assertIn("stay as they are", self.err)
            self.assertIn("1 inputs failed", self.err)
            self.assertNotIn("error:", self.err)

    def test_a_name_that_always_fails_does_not_keep_the_rest_from_being_asked(self):
        for refusal in (UNAVAILABLE, PAGE, BAD, (404, PAGE[1])):
            with self.subTest(refusal=refusal):
                self.check_the_rest_is_asked(refusal)
        self.check_the_rest_is_asked(UNAVAILABLE, "--unordered", "--concurrency", "1")

    def test_without_a_rest_it_is_the_end_and_says_why(self):
        names, source = self.names(3)
        with Names(lambda *_: UNAVAILABLE) as provider:
            self.out.write_text("".join(map(failed_line, names)))
            before = self.out.read_text()
            self.run_job(provider, source, "--retry-failed", "--retry-for", "1", code=1)
            self.assertIn("error: provider_unavailable", self.err)
            self.assertEqual(self.out.read_text(), before)

    def test_in_an_outage_the_rest_is_not_written_off(self):
        names, source = self.names(450)
        for refusal, more in ((UNAVAILABLE, ["--retry-for", "1"]), (PAGE, [])):
            with Names(lambda *_: refusal) as provider:
                self.out.write_text("".join(map(failed_line, names[:3])))
                before = self.out.read_text()
                self.run_job(provider, source, "--retry-failed", *more, code=1)
                self.assertIn("run again with the same IN and OUT to go on", self.err)
                self.assertEqual(self.out.read_text(), before)

    def test_what_refuses_every_request_stops_it_at_once(self):
        names, source = self.names(450)
        with Names(lambda *_: (401, b'{"errors":[{"code":89,"message":"Invalid or expired token."}]}')) as provider:
            self.out.write_text("".join(map(failed_line, names[:3])))
            self.run_job(provider, source, "--retry-failed", code=1)
            self.assertIn("error: token_revoked", self.err)
            self.assertEqual(provider.requests, 1)

    def test_equal_names_that_fill_several_requests_are_asked_once(self):
        with Names() as provider:
            for count in (201, 401, 999):
                self.out.write_text(failed_line("user_1") * count)
                source = self.input("user_1\n" * count + "user_2\nuser_3\n")
                summary = self.run_job(provider, source, "--retry-failed", "--concurrency", "1")
                self.assertEqual((summary["found"], summary["failed"]), (count + 2, 0))

    def test_its_input_is_not_removed(self):
        for link in (False, True):
            source = self.folder / "out.jsonl.retry-failed"
            source.unlink(missing_ok=True)
            if link:
                source.symlink_to(self.input("user_1\nuser_2\n"))
            else:
                source.write_text("user_1\nuser_2\n")
            self.out.write_text(failed_line("user_1") + failed_line("user_2"))
            before = self.out.read_text()
            with Names() as provider:
                self.assertIsNone(self.run_job(provider, source, "--retry-failed", code=2))
                self.assertIn("give it another name", self.err)
                self.assertEqual((source.read_text(), self.out.read_text(), provider.requests), ("user_1\nuser_2\n", before, 0))
                # Without --retry-failed it is a file like any other.
                self.run_job(provider, source, code=1)
                self.assertEqual(source.read_text(), "user_1\nuser_2\n")


class Killed(Outages):
    """What a run with --retry-failed found and wrote before a kill -9 is not paid for again."""

    def test_the_next_run_takes_over_what_was_found(self):
        names, source = self.names(600)
        draft = self.folder / "out.jsonl.retry-failed"
        with Names() as provider:
            self.out.write_text("".join(map(failed_line, names)))
            provider.refuses = lambda _, number: UNAVAILABLE if number > 3 else None
            process = self.start(provider, source, "--retry-failed", "--concurrency", "1", "--retry-for", "600")
            while provider.requests < 5:
                self.assertIsNone(process.poll())
            process.kill()
            process.communicate()
            paid = len(provider.found)
            self.assertEqual(self.out.read_text(), "".join(map(failed_line, names)))
            self.assertGreaterEqual(paid, 100)
            with draft.open("a") as torn:
                torn.write('{"input":"user_301","outc')
            provider.refuses = lambda *_: None
            summary = self.run_job(provider, source, "--retry-failed")
            self.assertEqual((summary["found"], summary["failed"]), (600, 0))
            self.assertEqual([line["input"] for line in self.lines()], names)
            self.assertEqual(sorted(provider.found), sorted(names))
            self.assertIn(f"taken over from a run that was killed: {paid} lines", self.err)
            self.assertFalse(draft.exists())

    def test_only_lines_of_the_same_out_are_taken_over(self):
        found = '{"input":"%s","outcome":"found","profile":{"name":"%s"},"error":null}\n'
        names, source = self.names(4)
        draft = self.folder / "out.jsonl.retry-failed"
        rows = (
            (found % ("user_1", "draft") + found % ("user_2", "draft"), ["user_1", "user_2"]),
            (found % ("user_1", "draft") + found % ("user_3", "draft"), ["user_1"]),  # another name
            (found % ("user_1", "draft") + "\n" + found % ("user_2", "draft"), ["user_1"]),
            (found % ("user_2", "draft"), []),
            (found % ("user_1", "draft") + '{"input":"user_2","outcome":"found","profile":{,"error":null}\n', ["user_1"]),
            ("\0" * 5000, []),
            ("", []),
            (failed_line("user_1") + found % ("user_2", "draft"), ["user_2"]),
        )
        for text, taken in rows:
            for mode in (0o600, 0o666):
                with Names() as provider, self.subTest(text=text[:200], mode=mode):
                    self.out.write_text("".join(map(failed_line, names)))
                    draft.write_text(text)
                    draft.chmod(mode)
                    expected = taken if mode == 0o600 else []  # others may have written it
                    self.run_job(provider, source, "--retry-failed")
                    self.assertEqual([line["input"] for line in self.lines() if line["profile"]["name"] == "draft"], expected)
                    self.assertEqual(sorted(provider.found), sorted(set(names) - set(expected)))
                    self.assertFalse(draft.exists())


class Told(Outages):
    def test_an_error_is_told_once_where_the_summary_is_lost(self):
        _, source = self.names(3)
        for arguments in ([], ["--json"]):
            self.out.unlink(missing_ok=True)
            with Names(lambda *_: (403, b"")) as provider, open("/dev/full", "w") as full:
                self.run_job(provider, source, *arguments, code=1, stdout=full)
                self.assertEqual(self.err.count("run again with the same IN and OUT to go on"), 1, self.err)
                self.assertEqual(self.err.count("summary can't be written"), 1)
                self.assertNotIn("stopped:", self.err)


if __name__ == "__main__":
    run_all()
