#!/usr/bin/python3
"""`login_server` with several providers, and `signed_request --bearer`, at coauth-sandbox.

usage: oauth2_sites_test.py LOGIN_SERVER SIGNED_REQUEST COAUTH_SANDBOX
"""
import base64
import concurrent.futures
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from oauth2_world import FACES, TITLES, Site, Visitor, decide, environment, exchanges
from sandbox_process import Browser, Sandbox, control

LOGIN_SERVER, SIGNED_REQUEST, SANDBOX = (sys.argv.pop(1) for _ in range(3))


class ServesLogins(unittest.TestCase):
    def test_there_is_a_button_for_each_provider(self):
        for names, shown in ((None, FACES[:4]), (",".join(FACES), FACES), ("github", ["github"])):
            with Site(LOGIN_SERVER, None, names) as site:
                page = Visitor(site).open("GET", "/")
                self.assertEqual(re.findall(r">Sign in with (\w+)<", page.text), [TITLES[face] for face in shown])

    def test_each_provider_granted_and_denied(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            with Site(LOGIN_SERVER, ready, "facebook,x,google,github,oidc", "--oauth2") as site:
                codes = []
                for face in FACES:
                    with self.subTest(face=face):
                        visitor = Visitor(site)
                        denied = visitor.open("GET", visitor.callback(ready, face, "deny"))
                        self.assertEqual(denied.status, 200)
                        self.assertIn("You did not sign in", denied.text)
                        self.assertEqual(visitor.open("GET", "/profile").status, 303)
                        path = visitor.callback(ready, face)
                        self.assertEqual(path.split("?")[0], "/callback" if face == "facebook" else "/callback/" + face)
                        self.assertEqual(visitor.open("GET", path).headers["Location"], site.url + "/profile")
                        page = visitor.open("GET", "/profile")
                        self.assertEqual(page.status, 200)
                        self.assertIn(f"Signed in with {TITLES[face]} as <b id=\"account\">", page.text)
                        self.assertIn('<img class="picture" src="https://', page.text)
                        self.assertNotIn('role="alert"', page.text)
                        self.assertEqual('id="tweets"' in page.text, face == "x")
                        shown = re.search(r'<p id="email">(.*)</p>', page.text)
                        if face == "x":
                            self.assertIsNone(shown)
                        else:
                            self.assertIn("user_2@example.com", shown[1])
                            self.assertIn("(not known to be verified)" if face == "facebook" else "(verified)", shown[1])
                        # Once only.
                        self.assertEqual(visitor.open("GET", path).status, 410)
                        codes += visitor.codes
            for code in codes:
                self.assertNotIn(code, site.err)
            for face in FACES:
                for outcome in ("granted", "denied"):
                    self.assertIn(f"login outcome={outcome} provider={face} ", site.err)

    def test_an_address_that_is_not_verified_is_shown_as_such(self):
        users = {"users": [{"id": "7", "username": "ada", "name": "<b>Ada", "email": "ada@example.com", "email_verified": False}]}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as seed:
            json.dump(users, seed)
            seed.flush()
            with Sandbox(SANDBOX, "--log", os.devnull, "--seed", seed.name) as ready, Site(LOGIN_SERVER, ready, "google") as site:
                visitor = Visitor(site)
                visitor.open("GET", visitor.callback(ready, "google", user="ada"))
                page = visitor.open("GET", "/profile").text
                self.assertIn('ada@example.com</bdi> <span class="quiet">(not verified)', page)
                self.assertIn("&lt;b&gt;Ada", page)
                self.assertNotIn("<b>Ada", page)

    def test_the_first_provider_has_the_short_addresses_too(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, Site(LOGIN_SERVER, ready, "github,google") as site:
            for short in ("/login", "/login/github"):
                visitor = Visitor(site)
                page = visitor.open("POST", short).headers["Location"]
                self.assertTrue(page.startswith(ready["providers"]["github"]["login_base"]), page)
                back = decide(ready, page)
                path = back[len(site.url):]
                self.assertTrue(path.startswith("/callback?"))
                if short == "/login/github":
                    path = path.replace("/callback?", "/callback/github?")
                self.assertEqual(visitor.open("GET", path).status, 303)

    def test_a_login_of_one_provider_is_refused_at_anothers_callback(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, Site(LOGIN_SERVER, ready, ",".join(FACES), "--oauth2") as site:
            for face in FACES:
                visitor = Visitor(site)
                path = visitor.callback(ready, face)
                query = path.partition("?")[2]
                control(ready, "/reset", {})
                for other in FACES:
                    if other == face:
                        continue
                    with self.subTest(face=face, other=other):
                        refused = visitor.open("GET", f"/callback/{other}?{query}")
                        self.assertEqual(refused.status, 400)
                        self.assertIn("not known here", refused.text)
                self.assertEqual(exchanges(ready), 0)

    def test_two_logins_of_one_browser_end_where_they_began(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, Site(LOGIN_SERVER, ready, "x,google,github") as site:
            visitor = Visitor(site)
            begun = [(face, visitor.callback(ready, face, query=f"?return=/profile%3F{face}")) for face in ("google", "github")]
            for face, path in reversed(begun):
                done = visitor.open("GET", path)
                self.assertEqual((done.status, done.headers["Location"]), (303, f"{site.url}/profile?{face}"))
                self.assertIn(f"Signed in with {TITLES[face]} as", visitor.open("GET", "/profile").text)

    def test_forged_callbacks(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, Site(LOGIN_SERVER, ready, "oidc,google") as site:
            owner, thief = Visitor(site), Visitor(site)
            path = owner.callback(ready, "oidc")
            query = path.partition("?")[2]
            state = parse_qs(query)["state"][0]
            for forged in ("", "code=a", "state=" + state, "code=a&state=other", query + "&state=" + state, query + "&error=access_denied",
                           "error=access_denied&state=other", "code=%00&state=" + state, "code=" + "a" * 4096 + "&state=" + state):
                self.assertEqual(owner.open("GET", "/callback?" + forged).status, 400, forged)
            # In another browser it neither signs in nor ends the login.
            for each in (path, "/callback?error=access_denied&state=" + state):
                refused = thief.open("GET", each)
                self.assertEqual(refused.status, 400)
                self.assertIn("begun elsewhere", refused.text)
            self.assertEqual(exchanges(ready), 0)
            self.assertEqual(owner.open("GET", path).status, 303)

            parameters = dict(parse_qsl(owner.callback(ready, "oidc").partition("?")[2]))
            before = exchanges(ready)
            parameters["iss"] = ready["providers"]["google"]["issuer"]
            self.assertEqual(owner.open("GET", "/callback?" + urlencode(parameters)).status, 400)
            self.assertEqual(exchanges(ready), before)

            # An error of any text is shown escaped, or not at all.
            hostile = "<script>alert(1)</script>"
            state = parse_qs(owner.callback(ready, "oidc").partition("?")[2])["state"][0]
            issuer = ready["providers"]["oidc"]["issuer"]
            page = owner.open("GET", "/callback?" + urlencode({"error": hostile, "error_description": hostile, "state": state, "iss": issuer}))
            self.assertGreaterEqual(page.status, 400)
            self.assertNotIn("<script", page.text)

        self.assertEqual(re.findall("login outcome=failed cause=invalid_argument provider=oidc ", site.err), [
            "login outcome=failed cause=invalid_argument provider=oidc "])

    def test_a_token_that_has_ended_is_renewed_once_and_without_renewal_asks_for_a_new_login(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, Site(LOGIN_SERVER, ready, "github,oidc,google,x", "--oauth2") as site:
            for face in ("oidc", "google", "x"):
                with self.subTest(face=face):
                    visitor = Visitor(site)
                    visitor.open("GET", visitor.callback(ready, face))
                    before = exchanges(ready)
                    self.assertGreaterEqual(control(ready, "/tokens/expire", {"user": "user_2"})["expired"], 1)
                    with concurrent.futures.ThreadPoolExecutor(5) as pool:
                        pages = list(pool.map(lambda _, v=visitor: v.open("GET", "/profile"), range(5)))
                    for page in pages:
                        self.assertEqual(page.status, 200, page.text)
                        self.assertIn(f"Signed in with {TITLES[face]} as", page.text)
                        self.assertNotIn('role="alert"', page.text)
                    self.assertEqual(exchanges(ready), before + 1)
            visitor = Visitor(site)
            visitor.open("GET", visitor.callback(ready, "github"))
            control(ready, "/tokens/expire", {"user": "user_2"})
            page = visitor.open("GET", "/profile")
            self.assertIn("Sign in with GitHub", page.text)
            self.assertEqual(visitor.open("GET", "/profile").status, 303)


class SendsBearer(unittest.TestCase):
    def token(self, ready):
        """A user's token of the OpenID provider and its userinfo endpoint."""
        issuer = ready["providers"]["oidc"]["issuer"]
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        redirect = "http://127.0.0.1:1/callback"
        url = issuer + "/authorize?" + urlencode({"response_type": "code", "client_id": ready["public_client_id"], "redirect_uri": redirect,
                                                  "scope": "openid", "state": "s", "code_challenge": challenge, "code_challenge_method": "S256"})
        code = parse_qs(urlsplit(decide(ready, url)).query)["code"][0]
        response = Browser(ready["ca_file"]).open(issuer + "/token", {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
            "client_id": ready["public_client_id"]})
        return json.loads(response.text)["access_token"], issuer + "/userinfo"

    def send(self, *arguments, token=None):
        return subprocess.run([SIGNED_REQUEST, "--bearer", *arguments], capture_output=True, text=True,
                              env=environment({"COAUTH_TOKEN": token} if token is not None else {}))

    def test_any_call_with_the_token_of_the_environment(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            token, url = self.token(ready)
            done = self.send("GET", url, "--ca-file", ready["ca_file"], token=token)
            self.assertEqual((done.returncode, done.stderr), (0, "HTTP 200\n"), done.stderr)
            self.assertTrue(json.loads(done.stdout)["sub"])
            issuer = ready["providers"]["oidc"]["issuer"]
            done = self.send("GET", "/userinfo", "--provider", issuer, "--ca-file", ready["ca_file"], token=token)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = self.send("GET", url, "--ca-file", ready["ca_file"], token="canary-token")
            self.assertEqual(done.returncode, 1)
            self.assertIn("HTTP 401\nhint: the token may have expired", done.stderr)
            self.assertNotIn("canary-token", done.stdout + done.stderr)
            control(ready, "/reset", {})
            done = self.send("POST", url, "-d", "a=b c", "--ca-file", ready["ca_file"], token=token)
            self.assertNotIn("oauth_signature", json.dumps(control(ready, "/journal")))
            self.assertEqual(control(ready, "/journal")[-1]["method"], "POST")

    def test_in_the_sandbox_inside_a_token_is_made(self):
        done = self.send("GET", "/2/users/me")
        self.assertEqual((done.returncode, json.loads(done.stdout)["data"]["username"]), (0, "user_1"), done.stderr)
        done = self.send("POST", "/2/tweets", "--body", '{"text":"as JSON"}')
        self.assertEqual(json.loads(done.stdout)["data"]["text"], "as JSON")

    def test_what_can_not_be_sent(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            url = ready["providers"]["oidc"]["issuer"] + "/userinfo"
            for token in ("", " canary", "canary\n", "canary\r\nX: y", '"canary"', "canary\u00e9", None):
                done = self.send("GET", url, "--ca-file", ready["ca_file"], "--json", token=token)
                self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (1, "invalid_argument"), token)
                self.assertNotIn("canary", done.stdout + done.stderr)
            done = self.send("GET", "http://example.org/", "--json", token="canary")
            self.assertIn("plain http is for loopback", done.stdout)
            for extra in (["--place", "query"], ["--realm", ""], ["--method", "PLAINTEXT"], ["--rsa-key", "/dev/null"], ["--body-hash"],
                          ["--explain"], ["--vectors", "-"]):
                done = self.send("GET", url, *extra, token="canary")
                self.assertEqual((done.returncode, done.stdout), (2, ""), extra)
                self.assertIn("--bearer", done.stderr)
            self.assertEqual(control(ready, "/journal"), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
