#!/usr/bin/python3
"""`enrich_profiles` against a provider that has limits, costs money, refuses and fails.

usage: enrich_profiles_limits_test.py ENRICH_PROFILES COAUTH_SANDBOX
"""
import itertools
import json
import signal
import socket
import subprocess
import sys

from at_once import run_all
from enrich_job import NO_LIMITS, Job, calls, names_served, users
from sandbox_process import control

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)


class Money(Job):
    def test_it_never_spends_more_and_goes_on_when_run_again(self):
        names = [f"user_{i}" for i in range(1, 1001)]
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            source = self.input("\n".join(names))
            for arguments, total in ((["--max-cost", "3.339"], 333), (["--max-cost", "0.009999"], 333), (["--max-cost", "0"], 333),
                                     (["--max-cost", "0.01"], 334), (["--max-cost", "0.05", "--price", "0.025"], 336)):
                summary = self.run_job(ready, source, *arguments, code=1)
                self.assertEqual([line["input"] for line in self.lines()], names[:total])
                self.assertEqual(summary["inputs"], total)
                self.assertLessEqual(summary["cost_usd"], float(arguments[1]))
                self.assertIn("--max-cost " + arguments[1], self.err)
                # What the provider served, and would charge for, is what was written.
                self.assertEqual(names_served(ready), {name: 1 for name in names[:total]})
            self.assertEqual(self.run_job(ready, source, "--max-cost", "6.64")["cost_usd"], 6.64)
            self.assertEqual(self.outcomes(), [(name, "found") for name in names])

    def test_who_is_not_found_costs_nothing(self):
        with self.provider("--users", 10) as ready:
            source = self.input("".join(f"nobody_{i}\n" for i in range(500)) + users(10))
            summary = self.run_job(ready, source, "--max-cost", "0.10")
            self.assertEqual((summary["not_found"], summary["found"], summary["cost_usd"]), (500, 10, 0.1))

    def test_unordered_it_holds_too(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            source = self.input(users(1000))
            self.run_job(ready, source, "--max-cost", "4.5", "--unordered", code=1)
            self.assertEqual(len(self.lines()), 450)
            self.assertEqual(sum(names_served(ready).values()), 450)


class Limits(Job):
    def test_it_waits_for_the_reset_and_makes_no_call_too_early(self):
        limits = ["--rate-window", "3", "--rate-limit", "/2/users/by=4/4"]
        with self.provider("--users", 1000, *limits) as ready:
            summary = self.run_job(ready, self.input(users(1000)))
            self.assertEqual((summary["found"], summary["requests"]), (1000, 10))
            self.assertGreater(summary["waited_s"], 2)
            self.assertEqual(control(ready, "/counters")["routes"]["/2/users/by"]["statuses"], {"200": 10})

    def test_names_that_would_wait_longer_fail_and_say_until_when(self):
        with self.provider("--users", 1000, "--rate-limit", "/2/users/by=4/4") as ready:
            source = self.input(users(1000) + "two words\n")
            for arguments in ([], ["--unordered"]):
                self.out.unlink(missing_ok=True)
                control(ready, "/reset", {})
                summary = self.run_job(ready, source, "--max-wait", "5", *arguments, code=1)
                self.assertEqual((summary["found"], summary["failed"], summary["invalid"]), (400, 600, 1))
                self.assertIn("600 inputs failed", self.err)
                late = [line for line in self.lines() if line["outcome"] == "failed"]
                self.assertEqual({line["error"]["code"] for line in late}, {"rate_limited"})
                self.assertTrue(all(800 < line["error"]["retry_after"] <= 961 for line in late))
                # They count as written: the file is complete.
                summary = self.run_job(ready, source, *arguments, code=1)
                self.assertEqual((summary["inputs"], summary["requests"]), (1001, 0))

    def test_ids_and_names_have_limits_of_their_own_and_fill_their_requests(self):
        with self.provider("--users", 1000) as ready:
            self.run_job(ready, self.input(users(1000)))
            mixed = []
            for line in self.lines():
                mixed += [line["input"], line["profile"]["id"]]
            self.out.unlink()
            control(ready, "/reset", {})
            summary = self.run_job(ready, self.input("\n".join(mixed)))
            self.assertEqual([line["profile"]["id"] for line in self.lines()], [mixed[i | 1] for i in range(2000)])
            self.assertLessEqual(summary["requests"], 24)  # 20 full ones, and the first few


class Trouble(Job):
    def test_a_revoked_token_stops_the_job_and_leaves_the_rest_to_be_asked(self):
        names = [f"user_{i}" for i in range(1, 2001)]
        with self.provider("--users", 2000, *NO_LIMITS) as ready:
            source = self.input("\n".join(names))
            for arguments in ([], ["--unordered"]):
                self.out.unlink(missing_ok=True)
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 8, "times": 0, "status": 401,
                                            "body": '{"errors":[{"code":89,"message":"Invalid or expired token."}]}'}])
                self.run_job(ready, source, *arguments, code=1)
                self.assertIn("token_revoked", self.err)
                written = self.outcomes()
                self.assertLessEqual(len(written), 700)
                self.assertEqual({what for _, what in written} - {"found"}, set())
                control(ready, "/faults", [])
                self.run_job(ready, source, *arguments)
                self.assertEqual(sorted(self.outcomes()), sorted((name, "found") for name in names))

    def test_wrong_secrets_stop_it_before_anything_is_written(self):
        with self.provider() as ready:
            process = self.start(ready, self.input(users(10)), "--json", token_secret="wrong")
            stdout, _ = process.communicate()
            self.assertEqual(process.returncode, 1)
            summary, error = map(json.loads, stdout.splitlines())
            self.assertEqual(summary["inputs"], 0)
            self.assertEqual(error["error"]["code"], "invalid_credentials")
            self.assertEqual(self.out.read_text(), "")

    def test_an_error_ends_it_although_a_pipe_stays_open(self):
        with self.provider() as ready:
            process = self.start(ready, "-", token_secret="wrong", stdin=subprocess.PIPE)
            process.stdin.write("user_1\n")
            process.stdin.flush()
            self.assertEqual(process.wait(), 1)
            self.assertIn("invalid_credentials", process.communicate()[1])

    def test_responses_that_break_off_are_asked_for_again(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            for fault in ({"status": 503}, {"action": "drop"}, {"action": "truncate"}):
                self.out.unlink(missing_ok=True)
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 3, "times": 1, **fault}])
                self.assertEqual(self.run_job(ready, self.input(users(1000)))["found"], 1000)

    def test_what_can_not_be_understood_fails_for_the_names_it_is_about(self):
        with self.provider("--users", 1000, *NO_LIMITS) as ready:
            control(ready, "/faults", [{"route": "/2/users/by", "nth": 3, "body": "<html>"}])
            summary = self.run_job(ready, self.input(users(1000)), code=1)
            self.assertEqual((summary["found"], summary["failed"]), (900, 100))
            failed = [line for line in self.lines() if line["outcome"] == "failed"]
            self.assertEqual({line["error"]["code"] for line in failed}, {"malformed_response"})


PAGE = "<!doctype html><html><title>Access denied</title></html>"
PROBLEM = '{"title":"%s","detail":"%s","type":"https://api.twitter.com/2/problems/%s","status":%d}'


def refusal(status, body, code, **fault):
    return {"status": status, "body": body, **fault}, code


class RefusedAltogether(Job):
    """The account or the app is refused in the middle of a job, or something before the provider responds."""

    AT_ONCE = [
        refusal(403, '{"errors":[{"code":64,"message":"Your account is suspended and is not permitted to access this feature."}]}',
                "suspended"),
        refusal(403, PROBLEM % ("Forbidden", "Your account is suspended and is not permitted to access this feature.", "x", 403),
                "suspended"),
        refusal(403, '{"errors":[{"code":63,"message":"User has been suspended."}]}', "suspended"),
        refusal(403, '{"errors":[{"code":326,"message":"To protect our users, this account is temporarily locked."}]}',
                "account_locked"),
        refusal(403, '{"errors":[{"message":"To protect our users from spam, this account is temporarily locked."}]}',
                "account_locked"),
        refusal(403, '{"title":"Forbidden","status":403,"detail":"Forbidden","type":"about:blank"}', "forbidden"),
        refusal(403, '{"errors":[{"code":87,"message":"Client is not permitted to perform this action."}]}', "forbidden"),
        refusal(403, "", "forbidden"),
        refusal(403, PAGE, "forbidden"),
        refusal(401, PAGE, "invalid_credentials"),
        refusal(403, '{"errors":[{"code":416,"message":"Invalid / suspended application"}]}', "invalid_credentials"),
        refusal(403, '{"errors":[{"code":453,"message":"You currently have access to a subset of X API V2 endpoints"}]}',
                "access_level"),
        refusal(403, PROBLEM % ("Client Forbidden", "x", "client-forbidden", 403), "access_level"),
        refusal(200, '{"errors":[' + PROBLEM % ("Client Forbidden", "x", "client-forbidden", 403) + "]}", "access_level"),
        refusal(402, PROBLEM % ("CreditsDepleted", "no credits", "credits", 402), "access_level"),
        refusal(429, PROBLEM % ("UsageCapExceeded", "Usage cap exceeded: Monthly product cap", "usage-capped", 429), "access_level"),
        refusal(429, '{"title":"UsageCapExceeded","period":"Monthly","detail":"Usage cap exceeded: Monthly product cap"}', "access_level"),
        refusal(302, "", "unexpected_redirect", headers={"Location": "https://portal.example/"}),
    ]
    # These might be about some names, as long as others are found.
    IN_A_ROW = [
        refusal(200, PAGE, "malformed_response"),
        refusal(200, "", "malformed_response"),
        refusal(200, "[]", "malformed_response"),
        refusal(400, '{"errors":[{"message":"bad"}],"title":"Invalid Request","type":"https://api.x.com/2/problems/invalid-request"}',
                "provider_error"),
        refusal(404, PAGE, "not_found"),
        refusal(410, "", "provider_error"),
        refusal(451, PAGE, "provider_error"),
    ]

    def check_stops(self, faults, *arguments):
        names = [f"user_{i}" for i in range(1, 2001)]

        def check(job, case):
            fault, code = case
            with job.provider("--users", 2000, *NO_LIMITS) as ready:
                source = job.input("\n".join(names))
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 8, "times": 0, **fault}])
                summary = job.run_job(ready, source, "--max-wait", "5", *arguments, code=1)
                job.assertIn(f"error: {code}", job.err)
                job.assertIn("run again with the same IN and OUT", job.err)
                written = job.outcomes()
                job.assertEqual(summary["inputs"], len(written))
                job.assertLessEqual(len(written), 700)
                job.assertEqual({what for _, what in written} - {"found"}, set())
                control(ready, "/faults", [])
                job.run_job(ready, source, *arguments)
                job.assertEqual(sorted(job.outcomes()), sorted((name, "found") for name in names))

        self.at_once(faults, check)

    def test_it_stops_and_the_rest_is_asked_by_the_next_run(self):
        self.check_stops(self.AT_ONCE)

    def test_unordered_it_stops_too(self):
        self.check_stops(self.AT_ONCE[::4] + self.IN_A_ROW[::3], "--unordered")

    def test_three_requests_in_a_row_that_fail_unclearly_stop_it(self):
        self.check_stops(self.IN_A_ROW)

    def test_one_request_that_fails_unclearly_fails_its_names_only(self):
        def check(job, case):
            fault, code = case
            with job.provider("--users", 1000, *NO_LIMITS) as ready:
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 3, **fault}])
                summary = job.run_job(ready, job.input(users(1000)), code=1)
                job.assertEqual((summary["found"], summary["failed"]), (900, 100))
                job.assertEqual({line["error"]["code"] for line in job.lines() if line["error"]}, {code})

        self.at_once(self.IN_A_ROW, check)

    def test_a_problem_of_one_name_stops_no_other_name(self):
        with self.provider("--users", 10) as ready:
            users_found = [{"id": str(i), "name": "n", "username": f"user_{i}"} for i in range(1, 10)]
            for kind, words in (("client-forbidden", "x"), ("new-kind", "bad signature"), ("usage-capped", "x"), ("new-kind", "timestamp")):
                self.out.unlink(missing_ok=True)
                problem = {"title": "T", "detail": words, "value": "user_10", "type": "https://api.x.com/2/problems/" + kind}
                control(ready, "/faults", [{"route": "/2/users/by", "body": json.dumps({"data": users_found, "errors": [problem]})}])
                summary = self.run_job(ready, self.input(users(10)), code=1)
                self.assertEqual((summary["found"], summary["failed"]), (9, 1))
                self.assertEqual(self.outcomes()[-1], ("user_10", "failed"))


class Outage(Job):
    def test_with_no_server_listening_it_stops_and_writes_nothing_off(self):
        def check(job, arguments):
            with job.provider() as ready, socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))  # and does not listen
                no_server = {**ready, "url": "https://127.0.0.1:%d" % closed.getsockname()[1]}
                summary = job.run_job(no_server, job.input(users(2000)), "--retry-for", "1", *arguments, code=1)
                job.assertEqual((summary["inputs"], summary["failed"]), (0, 0))
                job.assertIn("error: connect_failed", job.err)
                job.assertIn("run again with the same IN and OUT to go on", job.err)
                job.assertEqual(job.out.read_text(), "")

        self.at_once(([], ["--unordered"]), check)

    def test_with_no_server_accepting_it_stops_and_writes_nothing_off(self):
        with self.provider() as ready, socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(128)  # and does not accept
            no_server = {**ready, "url": "https://127.0.0.1:%d" % deaf.getsockname()[1]}
            summary = self.run_job(no_server, self.input(users(2000)), "--retry-for", "1", "--deadline", "0.3", code=1)
            self.assertEqual((summary["inputs"], self.out.read_text()), (0, ""))
            self.assertIn("error: timeout", self.err)
            # On stderr too where the error itself goes to stdout.
            process = self.start(no_server, self.input(users(3)), "--retry-for", "0", "--deadline", "0.3", "--json")
            stdout, err = process.communicate()
            self.assertEqual(process.returncode, 1)
            self.assertIn("run again with the same IN and OUT to go on", json.loads(stdout.splitlines()[1])["error"]["hint"])
            self.assertIn("run again with the same IN and OUT to go on", err)

    def test_an_outage_in_the_middle_writes_nothing_off(self):
        names = [f"user_{i}" for i in range(1, 2001)]

        def check(job, case):
            fault, arguments = case
            with job.provider("--users", 2000, *NO_LIMITS) as ready:
                source = job.input("\n".join(names))
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 8, "times": 0, **fault}])
                summary = job.run_job(ready, source, "--retry-for", "1", *arguments, code=1)
                job.assertEqual(summary["failed"], 0)
                job.assertEqual({what for _, what in job.outcomes()} - {"found"}, set())
                job.assertIn("run again with the same IN and OUT to go on", job.err)
                control(ready, "/faults", [])
                job.assertEqual(job.run_job(ready, source, *arguments)["found"], 2000)
                job.assertEqual(sorted(job.outcomes()), sorted((name, "found") for name in names))

        self.at_once(itertools.product(({"status": 503}, {"action": "drop"}), ([], ["--unordered"])), check)


class OutageThatEnds(Job):
    """The session holds its requests while the provider is out of reach."""

    def test_a_job_outlasts_an_outage(self):
        names = [f"user_{i}" for i in range(1, 4001)]

        def check(job, case):
            arguments, fault = case
            with job.provider("--users", 4000, *NO_LIMITS) as ready:
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 20, **fault}])
                summary = job.run_job(ready, job.input("\n".join(names)), *arguments)
                job.assertEqual((summary["found"], summary["failed"]), (4000, 0))
                job.assertEqual(sorted(job.outcomes()), sorted((name, "found") for name in names))

        # More calls than the ten that go at once, so the outage takes seconds; a dropped one is made twice.
        self.at_once((([], {"times": 16, "status": 503}), (["--unordered"], {"times": 36, "action": "drop"})), check)

    def test_an_outage_that_does_not_end_stops_it_and_it_says_how_long_it_waited(self):
        with self.provider("--users", 2000, *NO_LIMITS) as ready:
            source = self.input(users(2000))
            control(ready, "/faults", [{"route": "/2/users/by", "nth": 8, "times": 0, "status": 503}])
            summary = self.run_job(ready, source, "--retry-for", "2", code=1)
            # Said of the provider, or of this user's requests, whose time may be up first: there are no others.
            self.assertRegex(self.err, "(the provider has not responded|no request with this user's token has succeeded) for \\d+ s; "
                                       "run again with the same IN and OUT to go on")
            self.assertEqual(summary["failed"], 0)
            control(ready, "/faults", [])
            self.assertEqual(self.run_job(ready, source)["found"], 2000)

    def test_a_signal_ends_the_wait(self):
        def check(job, arguments):
            with job.provider("--users", 2000, *NO_LIMITS) as ready:
                source = job.input(users(2000))
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 8, "times": 0, "status": 503}])
                summary, _ = job.stopped_while(ready, source, ["--retry-for", "600", *arguments], signal.SIGTERM, lambda: calls(ready) >= 14)
                job.assertEqual(summary["failed"], 0)
                control(ready, "/faults", [])
                job.assertEqual(job.run_job(ready, source, *arguments)["found"], 2000)

        self.at_once(([], ["--unordered"]), check)


class Signals(Job):
    def test_what_is_on_the_wire_is_written(self):
        names = [f"user_{i}" for i in range(1, 3001)]

        def check(job, case):
            arguments, number = case
            with job.provider("--users", 3000, *NO_LIMITS) as ready:
                source = job.input("\n".join(names))
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 9, "times": 0, "delay_ms": 400}])
                summary, err = job.stopped_while(ready, source, arguments, number, lambda: calls(ready) >= 12)
                job.assertNotIn("error", err)
                job.assertIn("run again with the same IN and OUT to go on", err)
                job.assertEqual(summary["inputs"], len(job.lines()))
                job.assertEqual(summary["inputs"], 100 * calls(ready))
                control(ready, "/faults", [])
                job.assertEqual(job.run_job(ready, source, *arguments)["found"], 3000)
                job.assertEqual(max(names_served(ready).values()), 1)
                job.assertEqual(sorted(job.outcomes()), sorted((name, "found") for name in names))

        self.at_once(itertools.product(([], ["--unordered"]), (signal.SIGINT, signal.SIGTERM)), check)

    def test_a_failure_that_passes_is_not_written_after_the_signal(self):
        names = [f"user_{i}" for i in range(1, 3001)]
        faults = ({"status": 503}, {"status": 502}, {"status": 429}, {"status": 429, "headers": {"Retry-After": "1"}},
                  {"action": "drop"}, {"action": "truncate"}, {"action": "garbage"}, {"status": 200, "body": "<html>"},
                  {"status": 403, "body": ""}, {"status": 400, "body": ""})

        def check(job, case):
            place, fault = case
            arguments = ["--unordered"] if place % 2 else []
            number = signal.SIGINT if place % 3 else signal.SIGTERM
            with job.provider("--users", 3000, *NO_LIMITS) as ready:
                source = job.input("\n".join(names))
                control(ready, "/faults", [{"route": "/2/users/by", "nth": 12, "times": 0, "delay_ms": 400, **fault},
                                           {"route": "/2/users/by", "nth": 9, "times": 0, "delay_ms": 400}])
                summary, _ = job.stopped_while(ready, source, arguments, number, lambda: calls(ready) >= 14 and
                                               job.out.exists() and len(job.out.read_bytes().splitlines()) >= 800)
                job.assertEqual((summary["inputs"], summary["failed"]), (len(job.lines()), 0))
                job.assertGreaterEqual(summary["inputs"], 800)
                control(ready, "/faults", [])
                job.assertEqual(job.run_job(ready, source, *arguments)["found"], 3000)
                job.assertEqual(sorted(job.outcomes()), sorted((name, "found") for name in names))

        self.at_once(enumerate(faults), check)

    def test_waiting_for_a_limit_ends_at_once(self):
        with self.provider("--users", 1000, "--rate-limit", "/2/users/by=4/4") as ready:
            for arguments in ([], ["--unordered"]):
                self.out.unlink(missing_ok=True)
                control(ready, "/reset", {})
                summary, _ = self.stopped_while(ready, self.input(users(1000)), arguments, signal.SIGTERM,
                                                lambda: self.out.exists() and len(self.out.read_bytes().splitlines()) == 400)
                self.assertEqual((summary["inputs"], summary["failed"]), (400, 0))

    def test_waiting_for_input_ends_at_once(self):
        with self.provider() as ready:
            process = self.start(ready, "-", stdin=subprocess.PIPE)
            process.stdin.write("user_1\n")
            process.stdin.flush()
            while not self.out.exists() or not self.out.read_bytes():
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(), 143)
            process.communicate()
            self.assertEqual(self.outcomes(), [("user_1", "found")])


if __name__ == "__main__":
    run_all()
