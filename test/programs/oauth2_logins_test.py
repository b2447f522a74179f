#!/usr/bin/python3
"""`sign_in` by OAuth 2 with each provider that coauth-sandbox plays: by callback, and with a code on another device.

usage: oauth2_logins_test.py SIGN_IN LOGIN_SERVER COAUTH_SANDBOX
"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from at_once import run_all
from oauth2_world import FACES, SignIn, decide, environment, exchanges
from odd_provider import OddProvider
from sandbox_process import Browser, Sandbox, control

SIGN_IN, LOGIN_SERVER, SANDBOX = (sys.argv.pop(1) for _ in range(3))
DEVICE_FACES = ["google", "github", "oidc"]
USERNAMES = ["x", "github", "oidc"]  # the others have none
PROFILE_KEYS = ["provider", "id", "username", "name", "picture", "description", "location", "url", "email", "email_verified",
                "protected", "verified", "followers_count", "following_count", "tweet_count", "created_at"]
ERROR_KEYS = ["code", "message", "hint", "http_status", "provider_code", "provider_error", "retry_after"]


class SignsIn(unittest.TestCase):
    def check_profile(self, profile, face, user="user_2"):
        self.assertEqual(list(profile), PROFILE_KEYS)
        self.assertEqual(profile["provider"], face)
        self.assertEqual(profile["username"], user if face in USERNAMES else None, face)
        self.assertTrue(profile["id"] and profile["name"])
        self.assertTrue(profile["picture"].startswith("https://"), profile)
        if face != "x":
            self.assertEqual(profile["email"], user + "@example.com")
            self.assertEqual(profile["email_verified"], None if face == "facebook" else True, face)

    def check_error(self, run, output, code, provider_error=None):
        self.assertEqual(list(output.get("error", [])), ERROR_KEYS, output)
        self.assertEqual((output["error"]["code"], output["error"]["provider_error"], run.code), (code, provider_error, 1), output)

    def test_each_provider_granted_with_a_secret_and_without(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for face in FACES:
                for public in (False, True):
                    with self.subTest(face=face, public=public):
                        run = SignIn(SIGN_IN, ready, face, public=public)
                        query = parse_qs(urlsplit(run.first_line).query)
                        self.assertEqual(query["code_challenge_method"], ["S256"])
                        self.assertEqual(run.come_back(decide(ready, run.first_line)), 200)
                        self.check_profile(run.end(), face)
                        self.assertEqual(run.code, 0, run.err)

    def test_each_provider_denied(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for face in FACES:
                with self.subTest(face=face):
                    run = SignIn(SIGN_IN, ready, face)
                    self.assertEqual(run.come_back(decide(ready, run.first_line, "deny")), 200)
                    output = run.end()
                    self.check_error(run, output, "denied", "access_denied")
                    self.assertTrue(output["error"]["hint"])
            self.assertEqual(exchanges(ready), 0)

    def test_with_no_configuration_the_sandbox_inside_plays_all(self):
        runs = [(face, SignIn(SIGN_IN, None, face)) for face in FACES] + [(face, SignIn(SIGN_IN, None, face, "--device")) for face in DEVICE_FACES]
        for face, run in runs:
            with self.subTest(face=face):
                self.check_profile(run.end(), face, "user_1")
                self.assertEqual(run.code, 0, run.err)
                self.assertIn("No --provider: signing in at a sandbox", run.err)

    def test_a_person_plays_the_browser_where_that_is_wanted(self):
        run = SignIn(SIGN_IN, None, "github", "--interactive")
        browser = Browser(unverified=True)
        form = {**dict(parse_qsl(urlsplit(run.first_line).query)), "user": "user_3", "allow": "1"}
        run.come_back(browser.open(run.first_line.split("?")[0], form).location)
        self.check_profile(run.end(), "github", "user_3")

    def test_a_code_on_another_device(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            runs = [(face, decision, public, SignIn(SIGN_IN, ready, face, "--device", public=public)) for face in DEVICE_FACES
                    for decision, public in (("allow", False), ("allow", True), ("deny", False))]
            for face, decision, _, run in runs:
                page, _, query = run.first_line.partition("?")
                self.assertEqual(bool(query), face == "oidc", run.first_line)  # verification_uri_complete
                self.assertTrue(page.startswith(ready["url"] + "/" + face), run.first_line)
                while not (line := run.process.stderr.readline()).startswith("code "):
                    pass
                code = line.split()[1]
                if query:
                    self.assertEqual(parse_qs(query), {"user_code": [code]})
                done = Browser(ready["ca_file"]).open(page, {"user_code": code, "user": "user_2", decision: "1"})
                self.assertIn("You allowed" if decision == "allow" else "may not use your account", done.text)
            for face, decision, public, run in runs:
                with self.subTest(face=face, decision=decision, public=public):
                    output = run.end()
                    if decision == "deny":
                        self.check_error(run, output, "denied", "access_denied")
                    else:
                        self.check_profile(output, face)
                        self.assertEqual(run.code, 0, run.err)

    def test_a_provider_that_says_slow_down_is_asked_five_seconds_later(self):
        polls = []

        def token(*_):
            polls.append(time.monotonic())
            return b"error=slow_down" if len(polls) == 1 else b"access_token=gho_odd&token_type=bearer&scope=read:user"

        with OddProvider({"/login/oauth/access_token": token, "/user": lambda *_: b'{"id":7,"login":"ada"}',
                          "/user/emails": lambda *_: (404, b"{}")}) as odd:
            odd.responses["/login/device/code"] = lambda *_: urlencode({
                "device_code": "d", "user_code": "AB-CD", "verification_uri": odd.url + "/login/device", "expires_in": 900,
                "interval": 1}).encode()
            bases = {"github": {"login_base": odd.url, "api_base": odd.url}}
            ready = {"providers": bases, "client_id": "app", "client_secret": "canary-secret", "consumer_key": "", "consumer_secret": ""}
            run = SignIn(SIGN_IN, ready, "github", "--device")
            profile = run.end()
        self.assertEqual((run.code, run.first_line, profile["username"]), (0, odd.url + "/login/device", "ada"), run.err)
        self.assertIn("code   AB-CD\n", run.err)
        self.assertEqual(len(polls), 2)
        self.assertTrue(5.9 < polls[1] - polls[0] < 30, polls)

    def test_a_code_that_nobody_types(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            run = SignIn(SIGN_IN, ready, "oidc", "--device", "--timeout", "0.1")
            output = run.end()
            self.check_error(run, output, "expired")
            self.assertIn("--timeout", output["error"]["hint"])
            run = SignIn(SIGN_IN, ready, "github", "--device")
            run.process.send_signal(signal.SIGTERM)
            self.assertEqual(run.process.wait(), 143)
            run.process.communicate()

    def test_scopes(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for face in FACES:
                with self.subTest(face=face):
                    run = SignIn(SIGN_IN, ready, face, "--scope", "nonsense")
                    run.come_back(Browser(ready["ca_file"]).open(run.first_line).location)
                    output = run.end()
                    self.check_error(run, output, "invalid_scope", "invalid_scope")
                    self.assertTrue(output["error"]["hint"])
            run = SignIn(SIGN_IN, ready, "github", "--scope", "read:user")
            self.assertEqual(parse_qs(urlsplit(run.first_line).query)["scope"], ["read:user"])
            run.come_back(decide(ready, run.first_line))
            profile = run.end()
            self.assertEqual((profile["username"], profile["email"], profile["email_verified"]), ("user_2", None, None))
            run = SignIn(SIGN_IN, ready, "oidc", "--device", "--scope", "nonsense")
            self.check_error(run, run.end(), "invalid_scope", "invalid_scope")

    def test_a_wrong_secret(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for face in FACES:
                with self.subTest(face=face):
                    run = SignIn(SIGN_IN, ready, face, secret="canary-secret")
                    run.come_back(decide(ready, run.first_line))
                    output = run.end()
                    self.assertEqual((output["error"]["code"], run.code), ("invalid_credentials", 1), output)
                    self.assertTrue(output["error"]["provider_error"] or output["error"]["provider_code"] is not None, output)
                    self.assertNotIn("canary-secret", json.dumps(output) + run.err)

    def test_keys_that_are_missing_or_were_copied_with_something_around_them(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for odd in ('"id"', " id", "id\u00a0", ""):
                run = SignIn(SIGN_IN, {**ready, "client_id": odd}, "github")
                output = run.end()
                self.check_error(run, output, "invalid_argument")
                self.assertIn("COAUTH_GITHUB_CLIENT_ID", json.dumps(output))
            self.assertEqual(control(ready, "/journal"), [])

    def test_a_refused_code(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            run = SignIn(SIGN_IN, ready, "oidc")
            callback = decide(ready, run.first_line)
            control(ready, "/faults", [{"route": "/oidc/token", "status": 400, "body": '{"error":"invalid_grant"}'}])
            run.come_back(callback)
            self.check_error(run, run.end(), "invalid_verifier", "invalid_grant")

    def test_an_id_token_of_another_time(self):
        for face, skew in (("google", "600"), ("oidc", "-7200")):
            with Sandbox(SANDBOX, "--log", os.devnull, "--clock-skew", skew) as ready:
                run = SignIn(SIGN_IN, ready, face)
                run.come_back(decide(ready, run.first_line))
                self.check_error(run, run.end(), "id_token_rejected")

    def test_callbacks_that_are_not_this_logins(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            earlier = SignIn(SIGN_IN, ready, "oidc")
            old_callback = decide(ready, earlier.first_line)
            earlier.come_back(old_callback)
            earlier.end()
            control(ready, "/reset", {})

            run = SignIn(SIGN_IN, ready, "oidc")
            callback = decide(ready, run.first_line)
            here, _, query = callback.partition("?")
            state = parse_qs(query)["state"][0]
            for forged in (urlsplit(old_callback).query, "", "code=a", "state=" + state, "code=a&state=other", query + "&state=" + state,
                           query + "&code=a", query + "&error=access_denied", "error=access_denied", "error=access_denied&state=other",
                           query.replace("state=", "State="), "code=%zz&state=" + state, "code=%00&state=" + state,
                           "code=" + "a" * 4096 + "&state=" + state, "oauth_token=" + state + "&oauth_verifier=a"):
                self.assertEqual(Browser().open(here + "?" + forged).status, 400, forged)
            self.assertEqual(exchanges(ready), 0)
            self.assertEqual(run.come_back(callback), 200)
            self.check_profile(run.end(), "oidc")

    def test_a_callback_of_another_issuer_sends_its_code_to_no_one(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            for face, other in (("oidc", "google"), ("google", "oidc"), ("oidc", None)):
                run = SignIn(SIGN_IN, ready, face)
                parameters = dict(parse_qsl(urlsplit(decide(ready, run.first_line)).query))
                del parameters["iss"]
                if other:
                    parameters["iss"] = ready["providers"][other]["issuer"]
                here = parse_qs(urlsplit(run.first_line).query)["redirect_uri"][0]
                run.come_back(here + "?" + urlencode(parameters))
                output = run.end()
                self.check_error(run, output, "invalid_argument")
                self.assertIn("iss", output["error"]["message"])
            self.assertEqual(exchanges(ready), 0)

    def test_a_discovery_document_that_can_not_be_used_is_followed_nowhere(self):
        with OddProvider() as odd, OddProvider() as other:
            def document(path, **members):
                issuer = odd.url + path
                whole = {"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
                         "jwks_uri": issuer + "/jwks", "device_authorization_endpoint": issuer + "/device", **members}
                return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()

            elsewhere = {name: other.url + "/" + name for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            table = {
                "/other": ("malformed_response", document("/other", issuer=other.url, **elsewhere)),
                "/slash": ("malformed_response", document("/slash", issuer=odd.url + "/slash/")),
                "/tenants": ("malformed_response", document("/tenants", issuer=odd.url + "/{tenantid}")),
                "/tokenless": ("malformed_response", document("/tokenless", token_endpoint=None)),
                "/keyless": ("malformed_response", document("/keyless", jwks_uri=None)),
                "/plain": ("malformed_response", document("/plain", token_endpoint="http://example.org/token")),
                "/page": ("malformed_response", b"<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>"),
                "/array": ("malformed_response", b"[]"),
                "/big": ("response_too_large", document("/big", padding="a" * 5 * 1024 * 1024)),
                "/bigger": ("response_too_large", document("/bigger", padding="a" * 300 * 1024)),
                "/moved": ("unexpected_redirect", (302, document("/moved"))),
                "/missing": ("provider_error", (404, document("/missing"))),
            }
            for path, (code, response) in table.items():
                odd.responses[path + "/.well-known/openid-configuration"] = lambda *_, response=response: response
                for more in ([], ["--device"]) if path in ("/other", "/tokenless") else ([],):
                    with self.subTest(path=path, more=more):
                        keys = environment({"COAUTH_OIDC_CLIENT_ID": "app", "COAUTH_OIDC_CLIENT_SECRET": "canary-secret"})
                        done = subprocess.run([SIGN_IN, "--json", "--with", "oidc", "--issuer", odd.url + path, *more],
                                              capture_output=True, text=True, env=keys)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertEqual(json.loads(done.stdout)["error"]["code"], code, done.stdout)
                        self.assertNotIn("canary-secret", done.stdout + done.stderr)
            self.assertEqual({each[:2] for each in odd.asked}, {("GET", path + "/.well-known/openid-configuration") for path in table})
            self.assertEqual(other.asked, [])

    def test_flags_that_do_not_go_together(self):
        issuer = "https://issuer.example"
        table = [
            (["--with", "twitter"], "--with"), (["--device"], "--device"), (["--with", "x", "--oauth2", "--device"], "--device"),
            (["--with", "facebook", "--device"], "--device"), (["--issuer", issuer], "--issuer"),
            (["--with", "google", "--issuer", issuer], "--issuer"), (["--with", "oidc", "--issuer", ""], "--issuer is empty"),
            (["--with", "oidc", "--issuer", issuer, "--provider", "oidc=" + issuer + "/"], "must be equal"),
            (["--with", "oidc", "--provider", "https://a.example"], "add --provider oidc="),
            (["--with", "github", "--callback", "oob"], "--callback oob"),
            (["--with", "github", "--device", "--callback", "http://127.0.0.1:0/"], "--callback"),
            (["--with", "oidc", "--device", "--authorize"], "--authorize"), (["--with", "oidc", "--device", "--force-login"], "--force-login"),
            (["--with", "google", "--api", "1.1"], "--api"), (["--oauth2", "--api", "1.1"], "--api"),
            (["--with", "google", "--authorize-base", "https://a.example"], "--authorize-base"),
            (["--scope", "tweet.read"], "--oauth2"), (["--provider", "twitter=https://a.example"], '"twitter" is not a provider'),
            (["--provider", "https://a.example", "--provider", "x=https://b.example"], "twice"),
            (["--with", "google", "--provider", "google=https://a.example,https://b.example"], "two bases"),
            (["--provider", "x=https://a.example,"], "[NAME=]BASE[,API_BASE]"), (["--wiht", "x"], "--with"),
        ]
        for program, rows in ((SIGN_IN, table), (LOGIN_SERVER, [
                (["--with", "x,gogle"], '"gogle" is not a provider'), (["--with", "x,"], "is not a provider"), (["--with", "x,x"], "twice"),
                (["--with", "x,github", "--provider", "https://a.example"], "add --provider github=https://github.com"),
                (["--with", "x", "--issuer", issuer], "--issuer"), (["--scope", "a"], "--scope")])):
            for arguments, words in rows:
                with self.subTest(arguments=arguments):
                    done = subprocess.run([program, "--json", *arguments], capture_output=True, text=True, env=environment({}))
                    self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                    self.assertIn(words, done.stderr)
        for base in ("http://a.example", "a.example", "https://a.example?b=c"):
            done = subprocess.run([SIGN_IN, "--json", "--with", "google", "--provider", "google=" + base], capture_output=True, text=True,
                                  env=environment({"COAUTH_GOOGLE_CLIENT_ID": "a"}))
            self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (1, "invalid_argument"), base)


if __name__ == "__main__":
    run_all()
