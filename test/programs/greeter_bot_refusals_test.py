#!/usr/bin/python3
"""`greeter_bot` whose replies are refused: a mention is skipped only for its own sake, else it is kept.

usage: greeter_bot_refusals_test.py GREETER_BOT COAUTH_SANDBOX SIGNED_REQUEST DIE_AT_CALL
"""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from at_once import EVERY, run_all
from greeter_world import GREETER_BOT, POST_ROUTE, wait_until, world
from odd_provider import OddProvider

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
                for number, refusal in enumerate(refusals[::EVERY]):
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
                for number, refusal in enumerate(refusals[::EVERY]):
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
        for refusal in (coded(226), coded(185), coded(344), {"status": 403, "body": PAGE}, problem("Forbidden"))[::EVERY]:
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


class Timeline(OddProvider):
    """The mentions of API 2 by `listed` (id: author's name, or None), each post told to `refuses(mention)`, which may answer it."""

    def __init__(self, listed, refuses=lambda mention: None):
        super().__init__({"/2/users/me": lambda *_: b'{"data":{"id":"9","name":"n","username":"greeter"}}',
                          "/2/users/9/mentions": self.mentions, "/2/users/9/tweets": self.own, "/2/tweets": self.post})
        self.listed, self.refuses, self.posted, self.tried = listed, refuses, {}, []

    def mentions(self, query, _):
        there = [each for each in self.listed if each > int(query.get("since_id", "0"))]
        names = sorted({self.listed[each] for each in there} - {None})
        tweets = [{"id": str(each), "text": "@greeter", "author_id": str(20 + names.index(self.listed[each])) if self.listed[each] else "19"}
                  for each in sorted(there, reverse=True)]
        users = [{"id": str(20 + number), "name": "n", "username": name} for number, name in enumerate(names)]
        return json.dumps({"data": tweets, "includes": {"users": users}, "meta": {"result_count": len(tweets)}}).encode()

    def own(self, *_):
        posts = [{"id": str(1000 + mention), "text": text, "referenced_tweets": [{"type": "replied_to", "id": str(mention)}]}
                 for mention, text in self.posted.items()]
        return json.dumps({"data": posts, "meta": {"result_count": len(posts)}}).encode()

    def post(self, _, request):
        body = json.loads(request.body)
        mention = int(body["reply"]["in_reply_to_tweet_id"])
        self.tried.append(mention)
        refusal = self.refuses(mention)
        if refusal:
            return refusal["status"], refusal["body"].encode()
        if mention in self.posted or body["text"] in self.posted.values():
            raise AssertionError(f"posted twice: {mention} {body['text']}")
        self.posted[mention] = body["text"]
        return json.dumps({"data": {"id": str(1000 + mention), "text": body["text"]}}).encode()


class OddMentions(unittest.TestCase):
    """A mention that can't be answered, whatever is odd about it, keeps no other waiting."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name, "state")

    def start(self, provider, *arguments):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
        keys = {"COAUTH_CONSUMER_KEY": "k", "COAUTH_CONSUMER_SECRET": "s", "COAUTH_TOKEN": "9-token", "COAUTH_TOKEN_SECRET": "t"}
        process = subprocess.Popen([GREETER_BOT, "--provider", provider.url, "--state", str(self.state), *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept | keys)
        self.addCleanup(process.kill)  # if the test gives up
        return process

    def once(self, provider, code, *arguments):
        process = self.start(provider, "--once", *arguments)
        out, self.err = process.communicate()
        self.assertEqual(process.returncode, code, out + self.err)
        return out

    def test_mentions_that_are_always_refused_do_not_starve_the_others(self):
        refusals = [problem("Forbidden"), problem("You are not permitted to perform this action."), {"status": 403, "body": PAGE},
                    problem("Your Tweet text is too long."), coded(186), coded(63), problem("User has been suspended: [20].")]
        for refusal in refusals[::EVERY]:
            listed = {each: "ada" if each < 14 else "bob" for each in range(11, 19)}
            with self.subTest(**refusal), Timeline(listed, lambda mention: refusal if mention < 14 else None) as provider:
                self.state.unlink(missing_ok=True)
                process = self.start(provider, "--interval", "0.01")
                wait_until(lambda: len(provider.posted) == 5 or process.poll() is not None, "the others' replies")
                listed[19] = "cyd"  # later, too
                wait_until(lambda: len(provider.posted) == 6 or process.poll() is not None, "a new one's reply")
                process.send_signal(signal.SIGTERM)
                _, err = process.communicate()
                self.assertEqual((process.returncode, sorted(provider.posted)), (143, [14, 15, 16, 17, 18, 19]), err)
                # In the end they are answered, too.
                listed |= {each: "dan" for each in range(20, 24)}
                refusal = None
                self.once(provider, 0)
                self.assertEqual(sorted(provider.posted), list(range(11, 24)))

    def test_a_mention_that_has_left_the_list_and_is_refused_without_a_reason_keeps_no_other_waiting(self):
        for refusal in (problem("Forbidden"), {"status": 403, "body": PAGE}, coded(63), problem("User has been suspended: [20]."))[::EVERY]:
            listed = {11: "ada"}
            answers = {11: {"status": 503, "body": ""}}
            with self.subTest(**refusal), Timeline(listed, answers.get) as provider:
                self.state.unlink(missing_ok=True)
                self.once(provider, 1)
                del listed[11]
                listed |= {12: "ada", 13: "bob"}
                answers[11] = refusal
                for _ in range(2):
                    self.once(provider, 1)
                self.assertEqual(sorted(provider.posted), [12, 13])
                self.assertEqual([later["mention"] for later in json.loads(self.state.read_text())["put_off"]], ["11"])
                # The first post was carried out after all: it is found, and not made again.
                tries = provider.tried.count(11)
                provider.posted[11] = "Hello @ada, nice to hear from you!"
                self.assertIn("duplicate @ada (mention 11, reply 1011)", self.once(provider, 0))
                self.assertEqual(provider.tried.count(11), tries)
                self.assertEqual(self.once(provider, 0), "")

    def test_a_post_that_never_gets_a_result_keeps_no_other_waiting(self):
        for refusal in ({"status": 503, "body": ""}, {"status": 200, "body": "<html>"}):
            listed = {11: "ada", 12: "bob", 13: "cyd"}
            with self.subTest(**refusal), Timeline(listed, lambda mention: refusal if mention == 11 else None) as provider:
                self.state.unlink(missing_ok=True)
                for _ in range(3):
                    self.once(provider, 1)
                self.assertEqual(sorted(provider.posted), [12, 13])

    def test_a_page_of_what_is_in_between_on_reading_ends_no_bot_that_stays(self):
        for path in ("/2/users/9/mentions", "/2/users/9/tweets"):
            for status in (403, 404, 451)[::EVERY]:
                with self.subTest(path=path, status=status), Timeline({11: "ada"}) as provider:
                    self.state.unlink(missing_ok=True)
                    there, left = provider.responses[path], [3]

                    def portal(query, request):
                        left[0] -= 1
                        return (status, PAGE.encode()) if left[0] >= 0 else there(query, request)

                    provider.responses[path] = portal
                    process = self.start(provider, "--interval", "0.01")
                    wait_until(lambda: provider.posted or process.poll() is not None, "a reply")
                    process.send_signal(signal.SIGTERM)
                    _, err = process.communicate()
                    self.assertEqual((process.returncode, err.count("trying again in"), list(provider.posted)), (143, 3, [11]), err)

    def test_a_greeting_that_is_too_long_with_a_long_name_waits_for_a_shorter_message(self):
        room = "x" * 265
        with Timeline({11: "eighteen_letters_x", 12: "ada"}) as provider:
            out = self.once(provider, 1, "--message", room + "{username}")
            self.assertIn("answered @ada (mention 12, reply 1012)", out)
            self.assertIn("kept   mention 11 by @eighteen_letters_x for later: with this user name the greeting is too long", self.err)
            self.assertIn("give a shorter --message", self.err)
            self.assertEqual(provider.tried, [12])
            self.assertIn("answered @eighteen_letters_x (mention 11, reply 1011)", self.once(provider, 0, "--message", "hi {username}"))
            self.assertEqual(provider.posted[11], "hi eighteen_letters_x")

    def test_without_an_author_the_line_has_no_name(self):
        with Timeline({11: None}) as provider:
            self.assertEqual(self.once(provider, 0).splitlines()[-1:], ["skipped (mention 11)"])


if __name__ == "__main__":
    run_all()
