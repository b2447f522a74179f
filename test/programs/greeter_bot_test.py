#!/usr/bin/python3
"""`greeter_bot` against coauth-sandbox: what it promises to users and scripts.

usage: greeter_bot_test.py GREETER_BOT COAUTH_SANDBOX SIGNED_REQUEST DIE_AT_CALL
"""
import json
import os
import signal
import stat
import subprocess
import unittest

from at_once import run_all
from greeter_world import GREETER_BOT, MENTIONS_ROUTE, NO_LIMITS, USERS, POST_ROUTE, wait_until, world
from sandbox_process import control

APIS = ("2", "1.1")
LINE_KEYS = ["mention", "username", "reply", "outcome"]


class Greets(unittest.TestCase):
    def check_answered(self, w, mentions):
        self.assertEqual({mention: len(texts) for mention, texts in w.replies().items()}, {mention: 1 for mention in mentions})

    def check_error(self, lines, code):
        self.assertEqual(lines[-1]["error"]["code"], code)
        self.assertTrue(lines[-1]["error"]["hint"])

    def check_kept(self, w):
        """The token is in a database beside the state, sealed, and all of it is the owner's."""
        self.assertEqual([name for name in w.state() if "token" in name], [])
        kept = list(w.folder.glob("state.json*"))
        names = {path.name for path in kept if not path.name.endswith(("-wal", "-shm"))}
        self.assertEqual(names, {"state.json", "state.json.lock", "state.json.db", "state.json.key"})
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept}, {0})

    def test_signs_in_once_and_answers_each_mention_once(self):
        for api in APIS:
            with world() as w:
                first = [w.write("ada", "@greeter one"), w.write("bob", "hi @greeter two")]
                w.write("ada", "nothing about the bot")
                w.write("greeter", "I am @greeter")
                process = w.start("--once", "--api", api, who=None, umask=0)
                w.sign_in(process)
                out, err = process.communicate()
                self.assertEqual(process.returncode, 0, err)
                lines = [json.loads(line) for line in out.splitlines()]
                self.assertEqual([list(line) for line in lines], [LINE_KEYS] * 2)
                self.assertEqual([(line["mention"], line["username"], line["outcome"]) for line in lines],
                                 [(first[0], "ada", "answered"), (first[1], "bob", "answered")])
                self.assertEqual(stat.S_IMODE(w.state_file.stat().st_mode), 0o600)
                self.check_kept(w)
                self.assertIn("@ada", w.replies()[first[0]][0])

                control(w.ready, "/reset", {})
                third = w.write("ada", "@greeter three")
                self.assertEqual([line["mention"] for line in w.run("--api", api, who=None)], [third])
                self.assertEqual(w.run("--api", api, who=None), [])
                self.assertEqual([entry["route"] for entry in w.journal() if entry["route"].startswith("/oauth/")], [])
                self.check_answered(w, first + [third])

    def test_goes_on_round_after_round_until_a_signal_comes(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            with world() as w:
                process = w.start("--interval", "0.01")
                mentions = []
                for text in ("one", "two", "three"):
                    mentions.append(w.write("ada", "@greeter " + text))
                    self.assertEqual(json.loads(process.stdout.readline())["mention"], mentions[-1])
                rounds = w.calls(MENTIONS_ROUTE["2"])
                wait_until(lambda: w.calls(MENTIONS_ROUTE["2"]) > rounds + 3, "further rounds")
                process.send_signal(number)
                out, err = process.communicate()
                self.assertEqual((process.returncode, out), (code, ""), err)
                self.check_answered(w, mentions)
                self.assertEqual(w.state()["since_id"], mentions[-1])

    def test_a_signal_ends_it_at_the_pin_and_between_rounds(self):
        with world() as w:
            asking = w.start(who=None)
            asking.stdout.readline()
            asking.terminate()
            self.assertEqual((asking.wait(), asking.communicate()[0]), (143, ""))
            self.assertFalse(w.state_file.exists())
            waiting = w.start("--interval", "3600")
            wait_until(lambda: w.calls(MENTIONS_ROUTE["2"]) == 1, "a round")
            waiting.terminate()
            self.assertEqual(waiting.wait(), 143)
            waiting.communicate()

    def test_many_mentions_over_pages_oldest_first(self):
        names = ["ada", "bob", "cyd"]
        mentions = [{"id": str(1000 + i), "user_id": USERS[names[i % 3]], "text": f"@greeter number {i}",
                     "created_at": "2026-01-31T12:00:00Z"} for i in range(330)]
        for api in APIS:
            with world(tweets=mentions) as w:
                lines = w.run("--api", api, "--message", "hi {username}")
                self.assertEqual([line["mention"] for line in lines], [tweet["id"] for tweet in mentions])
                self.assertEqual({line["outcome"] for line in lines}, {"answered"})
                replies = w.replies()
                self.assertEqual(replies["1000"], ["hi ada"])
                self.assertEqual(replies["1003"], ["hi ada (2)"])
                self.assertEqual(replies["1329"], ["hi cyd (110)"])
                self.check_answered(w, [tweet["id"] for tweet in mentions])
                state = w.state()
                self.assertEqual((state["since_id"], state["intention"], len(state["answered"])), ("1329", None, 256))

    def test_pages_wait_for_the_rate_limit_and_are_not_asked_for_again(self):
        mentions = [{"id": str(1000 + i), "user_id": USERS["ada"], "text": "@greeter hello",
                     "created_at": "2026-01-31T12:00:00Z"} for i in range(250)]
        for api in APIS:
            route = MENTIONS_ROUTE[api]
            with world(*NO_LIMITS, "--rate-window", "2", "--rate-limit", route + "=2/0", tweets=mentions) as w:
                lines = w.run("--api", api)
                self.assertIn("rate limit is exhausted", w.err)
                self.assertEqual([line["mention"] for line in lines], [tweet["id"] for tweet in mentions])
                asked = [entry["target"] for entry in w.journal() if entry["route"] == route and not entry["refused"]]
                self.assertEqual(len(asked), len(set(asked)))
                self.check_answered(w, [tweet["id"] for tweet in mentions])

    def test_posts_wait_for_the_rate_limit_and_none_is_lost(self):
        with world(*NO_LIMITS, "--rate-window", "2", "--rate-limit", "/2/tweets=2/0") as w:
            mentions = [w.write(who, "@greeter hello") for who in ("ada", "bob", "cyd")]
            control(w.ready, "/reset", {})
            self.assertEqual([line["outcome"] for line in w.run()], ["answered"] * 3)
            self.assertRegex(w.err, "rate limit is exhausted; going on in [12] s")
            refused = [entry for entry in w.journal() if entry["refused"] == "rate_limited"]
            self.assertGreaterEqual(len(refused), 1)
            self.check_answered(w, mentions)

    def test_a_mention_that_cannot_be_answered_is_settled_and_said(self):
        refusals = [{"title": "Forbidden", "detail": "You attempted to reply to a Tweet that is deleted or not visible to you.",
                     "type": "about:blank", "status": 403},
                    {"title": "Not Found Error", "detail": "Could not find tweet with id: [20].",
                     "type": "https://api.twitter.com/2/problems/resource-not-found", "status": 404}]
        for refusal in refusals:
            with world() as w:
                gone, there = w.write("ada", "@greeter one"), w.write("ada", "@greeter two")
                w.faults({"route": "/2/tweets", "status": refusal["status"], "body": json.dumps(refusal)})
                lines = w.run()
                self.assertEqual([(line["mention"], line["outcome"]) for line in lines],
                                 [(gone, "skipped"), (there, "answered")])
                self.assertIsNone(lines[0]["reply"])
                self.assertIn(gone, w.err)
                self.assertNotIn("(2)", w.replies()[there][0])
                self.assertEqual(w.run(), [])
                self.check_answered(w, [there])

    def test_a_refusal_as_a_duplicate_counts_as_done(self):
        with world() as w:
            w.write("greeter", "hi ada")
            mention = w.write("ada", "@greeter hello")
            line, = w.run("--message", "hi {username}")
            self.assertEqual(line, {"mention": mention, "username": "ada", "reply": None, "outcome": "duplicate"})
            self.assertEqual(w.run(), [])

    def test_what_is_about_the_account_stops_it_and_loses_no_mention(self):
        with world() as w:
            mention = w.write("ada", "@greeter hello")
            for fault, code in (({"status": 403}, "access_level"), (
                    {"status": 403, "body": '{"errors":[{"code":226,"message":"automated"}]}'}, "forbidden")):
                w.faults({"route": "/2/tweets", **fault})
                self.check_error(w.run(code=1), code)
            self.assertEqual([line["outcome"] for line in w.run()], ["answered"])
            self.check_answered(w, [mention])

    def test_a_revoked_token_is_forgotten_and_the_next_start_signs_in_anew(self):
        for api in APIS:
            with world() as w:
                first = w.write("ada", "@greeter one")
                w.run("--api", api)
                w.write_old_state("11-token", "token-secret")
                second = w.write("ada", "@greeter two")
                w.signed(w.environment("greeter"), "POST", "/1.1/oauth/invalidate_token.json")
                lines = w.run("--api", api, who=None, code=1)
                self.check_error(lines, "token_revoked")
                self.assertIn("again", lines[-1]["error"]["hint"])

                process = w.start("--once", "--api", api, who=None)
                w.sign_in(process)
                out, err = process.communicate()
                self.assertEqual(process.returncode, 0, err)
                self.assertEqual([json.loads(line)["mention"] for line in out.splitlines()], [second])
                self.check_answered(w, [first, second])

    def test_the_token_of_an_old_state_moves_into_the_store(self):
        with world() as w:
            w.run()
            w.write_old_state("11-token", "token-secret")
            mention = w.write("ada", "@greeter one")
            self.assertEqual([line["mention"] for line in w.run(who=None)], [mention])
            self.assertIn("moved  the token", w.err)
            self.check_kept(w)
            for path in w.folder.glob("state.json*"):
                self.assertNotIn(b"token-secret", path.read_bytes())
            self.assertEqual(w.run(who=None), [])
            self.assertNotIn("moved", w.err)

    def test_without_its_keys_a_stored_token_is_not_replaced(self):
        with world() as w:
            w.run()
            w.write_old_state("11-token", "token-secret")
            w.run(who=None)
            keys = w.folder / "state.json.key"
            kept = keys.read_bytes()
            keys.unlink()
            self.assertIn("No such file", w.run(who=None, code=1)[-1]["error"]["message"])
            self.assertFalse(keys.exists())
            keys.touch(0o600)
            keys.write_bytes(kept)
            self.assertEqual(w.run(who=None), [])
            keys.write_bytes(b"k" * 32)
            self.check_error(w.run(who=None, code=1), "sealed_record")

    def test_a_token_from_the_environment_is_used_and_not_kept(self):
        with world() as w:
            w.write("ada", "@greeter hello")
            w.run()
            self.assertNotIn("11-token", w.state_file.read_text())
            self.assertEqual(w.calls("/oauth/request_token"), 0)
            self.check_error(w.run(code=1, who="ada"), "invalid_argument")

    def test_a_state_file_that_cannot_be_used_is_left_alone(self):
        with world() as w:
            w.write("ada", "@greeter hello")
            w.run()
            good = w.state_file.read_bytes()
            damaged = [b"", b"{", b"[]", b"{}", b"\x00" * 100, good[:-10], good.replace(b"greeter_bot", b"another_bot"),
                       good.replace(b'"version":2', b'"version":9')]
            calls = len(w.journal())
            for text in damaged:
                w.state_file.write_bytes(text)
                lines = w.run(code=1)
                self.check_error(lines, "store_unavailable")
                self.assertIn(str(w.state_file), lines[-1]["error"]["message"])
                self.assertEqual(w.state_file.read_bytes(), text)
            w.state_file.write_bytes(good)
            for mode in (0o604, 0o640, 0o602, 0o660):
                w.state_file.chmod(mode)
                lines = w.run(code=1)
                self.check_error(lines, "store_unavailable")
                self.assertIn("chmod 600", lines[-1]["error"]["hint"])
            w.state_file.chmod(0o600)
            link = w.folder / "link.json"
            link.symlink_to(w.state_file)
            for state in (link, w.folder, w.folder / "missing" / "state.json"):
                self.check_error(w.run(code=1, state=state), "store_unavailable")
            self.check_error(w.run(code=1, provider="https://127.0.0.1:1"), "invalid_argument")
            self.assertEqual(w.state_file.read_bytes(), good)
            self.assertEqual(len(w.journal()), calls)
            self.assertEqual(w.run(), [])

    def test_two_at_once_do_not_share_a_state_file(self):
        with world() as w:
            first = w.start("--interval", "3600")
            wait_until(lambda: w.calls(MENTIONS_ROUTE["2"]) == 1, "a round")
            self.check_error(w.run(code=1), "store_unavailable")
            first.kill()
            first.communicate()
            w.run()

    def test_alone_it_needs_no_user(self):
        with world() as w:
            for arguments in (["--once"], ["--once", "--api", "1.1"], ["--once", "--state", str(w.state_file)],
                              ["--once", "--state", str(w.state_file)]):
                done = subprocess.run([GREETER_BOT, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                      env=w.environment("ada"))
                self.assertEqual(done.returncode, 0, done.stderr)
                address, *lines = done.stdout.splitlines()
                self.assertRegex(address, r"^https://127\.0\.0\.1:\d+/oauth/authorize\?oauth_token=\w+$")
                self.assertEqual(len(lines), 6)
                for line in lines:
                    self.assertRegex(line, r"^answered @user_10 \(mention \d+, reply \d+\)$")

    def test_wrong_usage(self):
        with world() as w:
            for arguments in (["--message", ""], ["--message", "  "], ["--message", "hi {name}"], ["--message", "hi {username"],
                              ["--message", "x" * 281], ["--message", "x" * 266 + "{username}"], ["--interval", "0"],
                              ["--interval", "x"], ["--nonsense"], ["extra"]):
                process = w.start(*arguments)
                out, _ = process.communicate()
                self.assertEqual((process.returncode, out), (2, ""), arguments)
            done = subprocess.run([GREETER_BOT, "--provider", w.ready["url"]], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(w.journal(), [])
        for arguments in (["--help"], ["--version"]):
            self.assertEqual(subprocess.run([GREETER_BOT, *arguments], capture_output=True).returncode, 0)


if __name__ == "__main__":
    run_all()
