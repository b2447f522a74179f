#!/usr/bin/python3
"""`greeter_bot` whose replies are refused: a mention is skipped only for its own sake, else it is kept.

usage: greeter_bot_refusals_test.py GREETER_BOT COAUTH_SANDBOX SIGNED_REQUEST DIE_AT_CALL
"""
import json
import signal
import unittest

from greeter_world import POST_ROUTE, wait_until, world

PAGE = "<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>You have been blocked</body></html>"


def problem(detail, last="", status=403, title="Forbidden"):
    """An error of API 2."""
    kind = "https://api.twitter.com/2/problems/" + last if last else "about:blank"
    return {"status": status, "body": json.dumps({"title": title, "detail": detail, "type": kind, "status": status})}


def coded(code, message="words", status=403):
    """An error of API 1.1."""
    return {"status": status, "body": json.dumps({"errors": [{"code": code, "message": message}]})}


# Of the account, the app, or nothing that is said.
KEPT = {
    "2": [
        problem("User has been suspended", "user-suspended"),
        problem("Your account is suspended and is not permitted to access this feature."),
        problem("You are not permitted to perform this action."),
        problem("Forbidden"),
        problem("To protect our users from spam and other malicious activity, this account is temporarily locked."),
        problem("This request looks like it might be automated. To protect our users from spam, we can't complete it."),
        problem("You have reached your daily limit for sending posts."),
        problem("Your account may not reply to this post until you verify your phone number."),
        problem("Not Found", status=404, title="Not Found"),
        problem("Your Tweet text is too long."),
        problem("One or more parameters to your request was invalid.", "invalid-request", 400, "Invalid Request"),
        problem("Usage cap exceeded: Monthly product cap", "usage-capped", 429, "UsageCapExceeded"),
        problem("Your client app is not configured with the appropriate oauth1 app permissions", "oauth1-permissions"),
        {"status": 403, "body": ""},
        {"status": 403, "body": "{}"},
        {"status": 403, "body": "Forbidden"},
        {"status": 403, "body": PAGE},
        {"status": 404, "body": PAGE},
        {"status": 429, "body": "", "headers": {"Retry-After": "7200"}},
    ],
    "1.1": [coded(code) for code in (34, 38, 63, 64, 87, 92, 185, 186, 220, 226, 231, 261, 326, 344, 453, 9999)] + [
        {"status": 403, "body": ""}, {"status": 403, "body": "{}"}, {"status": 403, "body": PAGE},
        {"status": 404, "body": ""}, {"status": 400, "body": ""}],
}

# Deleted, protected, blocked, or closed to replies.
SKIPPED = {
    "2": [
        problem("You attempted to reply to a Tweet that is deleted or not visible to you."),
        problem("Could not find tweet with id: [20].", "resource-not-found", 404, "Not Found Error"),
        problem("Sorry, you are not authorized to see the Tweet with id: [20].", "not-authorized-for-resource", 403,
                "Authorization Error"),
        problem("You have been blocked from the author's account from performing this action."),
        problem("Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the "
                "author of the post you are replying to."),
        problem("The original Tweet author restricted who can reply to this Tweet."),
    ],
    "1.1": [coded(code) for code in (136, 144, 179, 385, 421, 422, 425, 433)],
}


def posts(w):
    """How many were asked for, by the greeter and by others."""
    return sum(entry["route"] == POST_ROUTE["2"] for entry in w.journal())


class Refused(unittest.TestCase):
    def test_a_refusal_for_the_accounts_sake_loses_no_mention(self):
        for api, refusals in KEPT.items():
            with world() as w:
                for number, refusal in enumerate(refusals):
                    mention = w.write("ada", f"@greeter {number}")
                    w.faults({"route": POST_ROUTE[api], **refusal})
                    lines = w.run("--api", api, code=1)
                    self.assertEqual([list(line) for line in lines], [["error"]], refusal)
                    self.assertIn(f"kept   mention {mention} by @ada for later: ", w.err)
                    self.assertNotIn(mention, [settled["mention"] for settled in w.state()["answered"]])
                    w.faults()
                    lines = w.run("--api", api)
                    self.assertEqual([(line["mention"], line["outcome"]) for line in lines], [(mention, "answered")], refusal)

    def test_a_refusal_for_the_mentions_sake_skips_it_and_no_other(self):
        for api, refusals in SKIPPED.items():
            with world() as w:
                for number, refusal in enumerate(refusals):
                    gone, there = (w.write(name, f"@greeter {number}") for name in ("ada", "bob"))
                    w.faults({"route": POST_ROUTE[api], **refusal})
                    lines = w.run("--api", api)
                    self.assertEqual([(line["mention"], line["outcome"]) for line in lines],
                                     [(gone, "skipped"), (there, "answered")], refusal)
                    self.assertIn(f"skip   mention {gone} by @ada: ", w.err)
                w.faults()
                self.assertEqual(w.run("--api", api), [])

    def test_one_refusal_without_a_reason_does_not_keep_the_others_from_their_replies(self):
        for api in ("2", "1.1"):
            with world() as w:
                first, second, third = (w.write(name, "@greeter hello") for name in ("ada", "bob", "cyd"))
                w.faults({"route": POST_ROUTE[api], "status": 403, "body": ""})
                lines = w.run("--api", api, code=1)
                self.assertEqual([line["mention"] for line in lines[:-1]], [second, third])
                self.assertIn("error", lines[-1])
                self.assertEqual([line["mention"] for line in w.run("--api", api)], [first])
                self.assertEqual({mention: len(texts) for mention, texts in w.replies().items()},
                                 {first: 1, second: 1, third: 1})

    def test_two_refusals_without_a_reason_end_the_round(self):
        with world() as w:
            mentions = [w.write(name, "@greeter hello") for name in ("ada", "bob", "cyd")]
            w.faults({"route": POST_ROUTE["2"], "status": 403, "body": PAGE, "times": 0})
            w.run(code=1)
            self.assertEqual(posts(w), len(mentions) + 2)
            w.faults()
            self.assertEqual([line["mention"] for line in w.run()], mentions)

    def test_a_mention_that_is_gone_does_not_hold_the_bot_up(self):
        not_found = {"route": POST_ROUTE["2"], **problem("Not Found", status=404, title="Not Found")}
        with world() as w:
            gone = w.write("ada", "@greeter one")
            w.faults({"route": POST_ROUTE["2"], "status": 503})
            w.run(code=1)
            self.assertEqual(w.state()["intention"]["mention"], gone)
            # It is deleted meanwhile: no longer listed, and not found.
            w.faults({"route": "/2/users/:id/mentions", "body": '{"meta":{"result_count":0}}'}, not_found)
            line, = w.run()
            self.assertEqual((line["mention"], line["outcome"]), (gone, "skipped"))

    def test_a_bot_that_stays_waits_for_the_next_round_or_stops_if_its_operator_must_act(self):
        for refusal in (coded(226), coded(185), coded(344), {"status": 403, "body": PAGE}, problem("Forbidden")):
            with world() as w:
                mention = w.write("ada", "@greeter hello")
                w.faults({"route": POST_ROUTE["2"], **refusal, "times": 3})
                process = w.start("--interval", "0.01")
                self.assertEqual(json.loads(process.stdout.readline())["mention"], mention)
                process.send_signal(signal.SIGTERM)
                _, err = process.communicate()
                self.assertEqual((process.returncode, err.count("kept ")), (143, 3), err)
        for refusal in (coded(64), coded(326), coded(89, status=401), coded(453),
                        problem("Your account is suspended and is not permitted to access this feature.")):
            with world() as w:
                mention = w.write("ada", "@greeter hello")
                w.faults({"route": POST_ROUTE["2"], **refusal})
                process = w.start("--interval", "0.01")
                out, err = process.communicate()
                self.assertEqual(process.returncode, 1, err)
                self.assertEqual(list(json.loads(out)), ["error"])
                self.assertIn("kept   mention " + mention, err)
                self.assertEqual([line["mention"] for line in w.run()], [mention])

    def test_a_round_waits_as_long_as_the_provider_says(self):
        with world() as w:
            w.write("ada", "@greeter hello")
            w.faults({"route": POST_ROUTE["2"], "status": 429, "body": "", "headers": {"Retry-After": "7200"}})
            process = w.start("--interval", "0.01")
            wait_until(lambda: posts(w) == 2, "a post")
            line = ""
            while "again " not in line:
                line = process.stderr.readline()
            self.assertIn("trying again in 7200 s", line)
            process.terminate()
            self.assertEqual(process.wait(), 143)
            process.communicate()


if __name__ == "__main__":
    unittest.main(verbosity=1)
