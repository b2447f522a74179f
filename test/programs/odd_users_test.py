#!/usr/bin/python3
"""Users and tweets with odd members, through the programs: each costs itself at most.

usage: odd_users_test.py ENRICH_PROFILES SIGN_IN LOGIN_SERVER GREETER_BOT
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unicodedata
import unittest
import urllib.parse

from odd_provider import OddProvider, OddUser, oauth_of
from sandbox_process import Browser

ENRICH_PROFILES, SIGN_IN, LOGIN_SERVER, GREETER_BOT = (sys.argv.pop(1) for _ in range(4))
APIS = ("2", "1.1")
KEYS = {"COAUTH_CONSUMER_KEY": "key", "COAUTH_CONSUMER_SECRET": "consumer-secret"}
TOKEN = {"COAUTH_TOKEN": "9-token", "COAUTH_TOKEN_SECRET": "token-secret"}
FFFD = "\ufffd"
ABSENT = (None, b"null", b"{}", b"[]", b"[[[7]]]", b'{"x":{"x":1,"x":2}}')
COUNTS = (b"-1", b'"12"', b"1.0", b"1.2e3", b"18446744073709551616", b"true")
TEXTS = {rb'"\ud83d"': FFFD, rb'"a\ud83d\"b"': "a" + FFFD + '"b', rb'"\ude00\ud83d"': FFFD * 2, rb'"a\u0000b\u001b"': "ab",
         rb'"\\ud83d"': "\\ud83d", b'"a\xffb"': "a" + FFFD + "b", b'"\xed\xa0\xbd\xed\xb8\x80"': FFFD * 6, b'"a\x01b"': "ab",
         rb'"\ud83d\ude00"': "\U0001f600"}

# The user; the key of the profile that is odd; what is shown there.
ODD_USERS = [(dict(verified=raw), "verified", None) for raw in (*ABSENT, b'"true"', b"1")]
ODD_USERS += [(dict(followers_count=raw), "followers_count", None) for raw in (*ABSENT, *COUNTS)]
ODD_USERS += [(dict(created_at=raw), "created_at", None)
              for raw in (*ABSENT, b'"2007-02-20T16:35:54+02:00"', b'"Tue Feb 20 16:35:54 +0200 2007"', b'"soon"', b"7")]
ODD_USERS += [(dict(entities=raw), "url", "https://t.co/x") for raw in (*ABSENT, b'{"url":[]}', b'{"url":{"urls":["x"]}}', b"7")]
ODD_USERS += [({field: raw}, field, text) for field in ("name", "location", "description") for raw, text in TEXTS.items()]
ODD_USERS += [(dict(location=raw), "location", None) for raw in (*ABSENT, b"7", b'""', rb'"\u0000"')]
ODD_USERS += [(dict(description=rb'"a\nb\r\nc\u0007"'), "description", "a\nb\r\nc"), (dict(name=rb'"a\nb\u0007"'), "name", "ab")]
ODD_USERS += [(dict(username=b'"' + name + b'"'), "username", name.decode())
              for name in (b"sixteen_letters_", b"twenty_letters_name_")]
ODD_USERS += [(dict(twice=name), name, None) for name in ("location", "description", "verified", "created_at", "picture")]
ODD_IDS = [dict(id=raw) for raw in (None, b"null", b"2.0", b'"x"', b'"007"', b"true", b"[7]")] + [dict(twice="id")]


def environment(*more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
    return {**kept, **KEYS, **{name: value for each in more for name, value in each.items()}}


class OddUsers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check_texts(self, profile):
        for key, value in profile.items():
            if isinstance(value, str):
                kept = value.replace("\r", "").replace("\n", "") if key == "description" else value
                self.assertFalse([c for c in kept if unicodedata.category(c) in ("Cc", "Cs")], (key, value))

    def enrich(self, api, users, asked, *arguments):
        """Looks the users up; `users` by what they are asked for. Returns the lines by input."""
        def lookup(query, _):
            names = next(query[key] for key in ("ids", "usernames", "user_id", "screen_name") if key in query).split(",")
            self.assertEqual([name for name in names if len(name) > 15], [])
            there = b"[" + b",".join(users[name] for name in names if name in users) + b"]"
            if api == "1.1":
                return there
            missing = [{"value": name, "title": "Not Found Error", "detail": "Could not find user",
                        "type": "https://api.x.com/2/problems/resource-not-found"} for name in names if name not in users]
            return b'{"data":' + there + b',"errors":' + json.dumps(missing).encode() + b"}"

        out = self.folder / "out.jsonl"
        out.unlink(missing_ok=True) # else it would be resumed
        source = self.folder / "in.txt"
        source.write_text("".join(name + "\n" for name in asked))
        with OddProvider({path: lookup for path in ("/2/users", "/2/users/by", "/1.1/users/lookup.json")}) as provider:
            done = subprocess.run([ENRICH_PROFILES, "--provider", provider.url, "--api", api, str(source), str(out), *arguments],
                                  env=environment(TOKEN), capture_output=True, text=True)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        for line in lines:
            self.check_texts(line["profile"] or {})
        return {line["input"]: line for line in lines}, done

    def test_enrich_profiles_finds_every_odd_user(self):
        for api in APIS:
            users = {str(number): OddUser(number, **odd).written(api) for number, (odd, _, _) in enumerate(ODD_USERS, 1)}
            users |= {str(number): OddUser(number).written(api) for number in range(1001, 1100)}
            lines, done = self.enrich(api, users, users)
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
            for number, (odd, key, expected) in enumerate(ODD_USERS, 1):
                with self.subTest(api=api, odd=odd):
                    line = lines[str(number)]
                    self.assertEqual(line["outcome"], "found", line)
                    self.assertEqual(line["profile"]["id"], str(number))
                    self.assertEqual(line["profile"][key], expected)
                    self.assertEqual(line["profile"]["following_count"], 6)
            self.assertEqual({lines[str(number)]["outcome"] for number in range(1001, 1100)}, {"found"})

    def test_enrich_profiles_fails_for_the_one_whose_id_is_odd_and_only_for_that(self):
        for api in APIS:
            for odd in ODD_IDS[:2] + ODD_IDS[-1:]:
                users = {str(number): OddUser(number).written(api) for number in range(1, 101)}
                users["50"] = OddUser(50, **odd).written(api)
                lines, done = self.enrich(api, users, users)
                self.assertEqual(done.returncode, 1)
                self.assertEqual([name for name, line in lines.items() if line["outcome"] != "found"], ["50"])
                self.assertEqual(lines["50"]["outcome"], "failed")
                self.assertEqual(lines["50"]["error"]["code"], "malformed_response")
                self.assertIn("id", lines["50"]["error"]["message"])
            everyone = {str(number): OddUser(number, **odd).written(api) for number, odd in enumerate(ODD_IDS, 1)}
            everyone |= {"70": OddUser(71).written(api), "80": b"7", "81": b'["80"]', "90": OddUser(90).written(api)}
            lines, done = self.enrich(api, everyone, everyone)
            self.assertEqual([name for name, line in lines.items() if line["outcome"] != "failed"], ["90"], done.stderr)

    def test_enrich_profiles_asks_by_name_for_those_that_may_be_asked_for(self):
        for api in APIS:
            users = {f"user_{number}": OddUser(number).written(api) for number in range(1, 9)}
            users |= {"user_2": OddUser(2, id=b'"x"').written(api), "user_3": OddUser(3, name=rb'"\ud83d"').written(api)}
            asked = [*users, "sixteen_letters_", "twenty_letters_name_", "absent"]
            lines, done = self.enrich(api, users, asked)
            self.assertEqual(done.returncode, 1)
            outcomes = {name: lines[name]["outcome"] for name in asked}
            self.assertEqual(outcomes, {**{name: "found" for name in users}, "user_2": "failed", "sixteen_letters_": "invalid",
                                        "twenty_letters_name_": "invalid", "absent": "not_found"})
            users["user_4"] = OddUser(4, username=rb'"user_4\u0000"').written(api)
            lines, _ = self.enrich(api, users, list(users))
            self.assertEqual([name for name, line in lines.items() if line["outcome"] != "found"], ["user_2", "user_4"])

    def test_enrich_profiles_has_no_more_requests_on_the_wire_than_concurrency(self):
        for concurrency in (1, 2, 5):
            at_once, most, asked, changed = 0, 0, 0, threading.Condition()

            def lookup(query, _):
                nonlocal at_once, most, asked
                with changed:
                    asked += 1
                    at_once += 1
                    most = max(most, at_once)
                    changed.notify_all()
                    # The first is asked alone, to learn the limits. The others stay until there are as many as there may be.
                    if asked > 1:
                        changed.wait_for(lambda: most >= concurrency, 5)
                    at_once -= 1
                return b'{"data":[' + b",".join(OddUser(int(each)).written("2") for each in query["ids"].split(",")) + b"]}"

            source, out = self.folder / "in.txt", self.folder / f"out-{concurrency}.jsonl"
            source.write_text("".join(f"{number}\n" for number in range(1, 2001)))
            with OddProvider({"/2/users": lookup}) as provider:
                done = subprocess.run([ENRICH_PROFILES, "--provider", provider.url, str(source), str(out), "--concurrency",
                                       str(concurrency)], env=environment(TOKEN), capture_output=True, text=True)
            self.assertEqual((done.returncode, json.loads(done.stdout)["found"]), (0, 2000), done.stderr)
            self.assertEqual(most, concurrency)

    ODD_ME = dict(name=rb'"Ann \ud83d\u0000"', username=b'"twenty_letters_name_"', location=b'"a\x01\xff"', verified=b'"yes"',
                  description=rb'"one\n\u001btwo"', entities=b"[]", followers_count=b"-1", created_at=b'"2007-02-20T16:35:54+02:00"',
                  twice="picture")

    def odd_me(self, api, **more):
        return lambda *_: (OddUser(9, **{**self.ODD_ME, **more}).written(api) if api == "1.1"
                           else b'{"data":' + OddUser(9, **{**self.ODD_ME, **more}).written(api) + b"}")

    def check_me(self, profile):
        self.check_texts(profile)
        self.assertEqual((profile["id"], profile["username"], profile["name"]), ("9", "twenty_letters_name_", "Ann " + FFFD))
        self.assertEqual((profile["location"], profile["description"]), ("a" + FFFD, "one\ntwo"))
        self.assertEqual(profile["following_count"], 6)
        for key in ("verified", "followers_count", "created_at", "picture"):
            self.assertIsNone(profile[key], key)

    def test_sign_in_with_an_odd_profile_and_any_verifier(self):
        for api, verifier in (("2", " a b \u00e9 100% %41+\U0001f600"), ("1.1", "plain & \"quoted\", ")):
            me = "/2/users/me" if api == "2" else "/1.1/users/show.json"
            with OddProvider({me: self.odd_me(api)}) as provider:
                provider.access = b"oauth_token=9-%C3%A9%20%25&oauth_token_secret=%25%20s&user_id=9&screen_name=twenty_letters_name_"
                process = subprocess.Popen([SIGN_IN, "--provider", provider.url, "--api", api, "--json"], env=environment(),
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                url = process.stdout.readline().strip()
                token = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["oauth_token"][0]
                back = provider.asked[0][3]["oauth_callback"]
                for refused in ("a%0Ab", "a%00", "%7f"):
                    self.assertEqual(Browser().open(f"{back}?oauth_token={token}&oauth_verifier={refused}").status, 400)
                page = Browser().open(f"{back}?{urllib.parse.urlencode({'oauth_token': token, 'oauth_verifier': verifier})}")
                self.assertEqual(page.status, 200)
                out, err = process.communicate()
                self.assertEqual(process.returncode, 0, out + err)
                self.check_me(json.loads(out))
                (_, _, _, leg_3), = [each for each in provider.asked if each[1] == "/oauth/access_token"]
                self.assertEqual(leg_3["oauth_verifier"], verifier)
                (_, _, query, call), = [each for each in provider.asked if each[1] == me]
                self.assertEqual(call["oauth_token"], "9-\u00e9 %")
                if api == "1.1":
                    self.assertEqual(query, {"user_id": "9"})

    def test_sign_in_by_a_pin_of_any_text(self):
        for typed, sent in ((" 0123 \n", "0123"), ("\t\u00e9 100%\n", "\u00e9 100%")):
            with OddProvider({"/2/users/me": self.odd_me("2", username=None, name=None)}) as provider:
                done = subprocess.run([SIGN_IN, "--provider", provider.url, "--callback", "oob"], env=environment(), input=typed,
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(provider.asked[1][3]["oauth_verifier"], sent)
                self.assertEqual(done.stdout.splitlines()[1], "9")

    def test_sign_in_as_somebody_without_an_id_is_refused(self):
        for odd in ODD_IDS[1:3]:
            with OddProvider({"/2/users/me": lambda *_: b'{"data":' + OddUser(9, **odd).written("2") + b"}"}) as provider:
                done = subprocess.run([SIGN_IN, "--provider", provider.url, "--callback", "oob", "--json"], env=environment(),
                                      input="1\n", capture_output=True, text=True)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(json.loads(done.stdout.splitlines()[-1])["error"]["code"], "malformed_response")

    def test_login_server_shows_an_odd_profile_and_odd_tweets_and_followers(self):
        tweets = rb'{"data":[{"id":"2","text":"two\nlines\u0007\ud83d"},7,{"text":"no id"},{"id":"1","text":5}],"meta":{}}'
        followers = b'{"data":[7,' + OddUser(5, username=b'"twenty_letters_name_"', name=rb'"\ud83d<b>"').written("2") + b"]}"
        lists = {"/2/users/9/tweets": lambda *_: tweets, "/2/users/9/followers": lambda *_: followers,
                 "/2/users": lambda *_: b'{"data":[' + OddUser(9, **self.ODD_ME).written("2") + b"]}"}
        with OddProvider(lists) as provider:
            provider.access = b"oauth_token=9-a&oauth_token_secret=s&user_id=9&screen_name=twenty_letters_name_"
            server = subprocess.Popen([LOGIN_SERVER, "--listen", "127.0.0.1:0", "--provider", provider.url], env=environment(),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.addCleanup(server.communicate)
            self.addCleanup(server.terminate)
            site = json.loads(server.stdout.readline())["url"]
            browser = Browser()
            begun = browser.open(site + "/login", form={}, headers={"Origin": site, "Sec-Fetch-Site": "same-origin"})
            self.assertEqual(begun.status, 303, begun.text)
            cookie = begun.headers["Set-Cookie"].split(";")[0]
            query = urllib.parse.urlencode({"oauth_token": "login-1", "oauth_verifier": "a \u00e9 %"})
            welcome = browser.open(site + "/callback?" + query, headers={"Cookie": cookie})
            self.assertEqual(welcome.status, 303, welcome.text)
            profile = browser.open(site + "/profile", headers={"Cookie": welcome.headers["Set-Cookie"].split(";")[0]})
            self.assertEqual(profile.status, 200)
            for shown in ("Ann " + FFFD, "@twenty_letters_name_", ">\none\ntwo</textarea>", "two\nlines" + FFFD,
                          FFFD + "&lt;b&gt;"):
                self.assertIn(shown, profile.text)
            self.assertNotIn('class="notice"', profile.text)
            self.assertEqual(profile.text.count("<li>"), 3)
            (_, _, _, leg_3), = [each for each in provider.asked if each[1] == "/oauth/access_token"]
            self.assertEqual(leg_3["oauth_verifier"], "a \u00e9 %")

    V2_MENTIONS = (rb'{"data":[{"text":"no id","author_id":"12"},7,{"id":"107","text":"@g","author_id":"15"},'
                   rb'{"id":"106","text":"@g","author_id":["x"]},{"id":"105","text":"@g","author_id":"12","created_at":"soon"},'
                   rb'{"id":"104","author_id":"12"},{"id":"103","text":"\ud83d","author_id":"12"},'
                   rb'{"id":"102","text":"@g \u0000","author_id":"14"},{"id":"101","text":"@g","author_id":"12"}],'
                   rb'"includes":{"users":[7,{"id":"12","username":"ada","name":5},{"id":"14","username":"twenty_letters_name_"},'
                   rb'{"id":"15","username":"a\u0000b"}]},"meta":{"newest_id":"110","result_count":9}}')
    OLD_MENTIONS = (b'[{"text":"no id"},7,' + b",".join(
        b'{"id_str":"%d","full_text":%s,"created_at":%s,"user":%s}' % each for each in (
            (107, b'"@g"', b"7", rb'{"id_str":"15","screen_name":"a\u0000b"}'), (106, b'"@g"', b"null", b"[]"),
            (105, b'"@g"', b'"soon"', b'{"id_str":"12","screen_name":"ada"}'), (104, b"5", b"5", b'{"id_str":"12","screen_name":"ada"}'),
            (103, rb'"\ud83d"', b"5", b'{"id_str":"12","screen_name":"ada"}'),
            (102, b'"\xff"', b"5", b'{"id_str":"14","screen_name":"twenty_letters_name_"}'),
            (101, b'"@g"', b"5", b'{"id_str":"12","screen_name":"ada"}'))) + b"]")

    def test_greeter_bot_answers_past_odd_mentions_and_goes_on_behind_them(self):
        for api in APIS:
            posted = []

            def post(_, request):
                posted.append(json.loads(request.body)["text"] if api == "2" else urllib.parse.parse_qs(request.body.decode())["status"][0])
                reply = b'"id":"%d","text":"\\ud83d"' % (200 + len(posted))
                return b'{"data":{' + reply + b"}}" if api == "2" else b"{" + reply + b"}"

            def mentions(query, _):
                if "max_id" in query or "since_id" in query:
                    return b"[]" if api == "1.1" else b'{"meta":{"result_count":0}}'
                return self.V2_MENTIONS if api == "2" else self.OLD_MENTIONS

            own = rb'{"id":"150","id_str":"150","text":"\ud83d","in_reply_to_status_id_str":"101","referenced_tweets":[{"type":"replied_to","id":"101"}]}'
            timeline = lambda query, _: b"[]" if "max_id" in query else b"[7," + own + b"]" if api == "1.1" else b'{"data":[7,' + own + b"]}"
            with OddProvider({"/2/users/me": self.odd_me("2"), "/1.1/account/verify_credentials.json": self.odd_me("1.1"),
                              "/2/users/9/mentions": mentions, "/1.1/statuses/mentions_timeline.json": mentions,
                              "/2/users/9/tweets": timeline, "/1.1/statuses/user_timeline.json": timeline,
                              "/2/tweets": post, "/1.1/statuses/update.json": post}) as provider:
                state = self.folder / ("state-" + api)
                command = [GREETER_BOT, "--provider", provider.url, "--api", api, "--state", str(state), "--json", "--once",
                           "--message", "hi @{username}"]
                done = subprocess.run(command, env=environment(TOKEN), capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                lines = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual([(line["mention"], line["username"], line["outcome"]) for line in lines],
                                 [("101", "ada", "duplicate"), ("102", "twenty_letters_name_", "answered"), ("103", "ada", "answered"),
                                  ("104", "ada", "answered"), ("105", "ada", "answered"), ("106", None, "skipped"),
                                  ("107", None, "skipped")])
                self.assertEqual(posted[0], "hi @twenty_letters_name_")
                self.assertEqual(json.loads(state.read_text())["since_id"], "110" if api == "2" else "107")
                again = subprocess.run(command, env=environment(TOKEN), capture_output=True, text=True)
                self.assertEqual((again.returncode, again.stdout), (0, ""), again.stderr)


if __name__ == "__main__":
    unittest.main()
