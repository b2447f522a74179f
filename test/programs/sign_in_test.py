#!/usr/bin/python3
"""`sign_in` against coauth-sandbox: what it promises to users and scripts (docs/01-start.md).

usage: sign_in_test.py SIGN_IN COAUTH_SANDBOX
"""
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import unittest
from urllib.parse import parse_qs, urlsplit

from sandbox_process import Browser, Sandbox, control

SIGN_IN, SANDBOX = sys.argv.pop(1), sys.argv.pop(1)
PROFILE_KEYS = ["provider", "id", "username", "name", "picture", "description", "location", "url", "email", "email_verified",
                "protected", "verified", "followers_count", "following_count", "tweet_count", "created_at"]
ERROR_KEYS = ["code", "message", "hint", "http_status", "provider_code", "provider_error", "retry_after"]


class SignIn:
    """A sign_in that runs: the address it printed, and what comes after."""

    def __init__(self, ready, *arguments, secret=None, environment=None):
        keys = {"COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": secret or ready["consumer_secret"]}
        self.process = subprocess.Popen(
            [SIGN_IN, "--provider", ready["url"], "--ca-file", ready["ca_file"], "--json", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **keys, **(environment or {})})
        self.first_line = self.process.stdout.readline().strip()

    def end(self, typed=None):
        out, self.err = self.process.communicate(typed)
        self.code = self.process.returncode
        return json.loads((out or self.first_line).strip().splitlines()[-1])


class Tunnel:
    """An HTTP proxy that opens tunnels, or sends `response`; `asked` has their targets."""

    def __enter__(self):
        self.asked, self.response = [], b"HTTP/1.1 200 OK\r\n\r\n"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.tunnel, args=(client,), daemon=True).start()

    def tunnel(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        target = head.split()[1].decode()
        self.asked.append(target)
        client.sendall(self.response)
        if b" 200 " not in self.response:
            client.close()
            return
        host, _, port = target.rpartition(":")
        server = socket.create_connection((host, int(port)))
        threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()
        self.pass_on(server, client)

    @staticmethod
    def pass_on(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class SignsIn(unittest.TestCase):
    def decide(self, ready, address, **choice):
        """The user's decision on the sandbox's page; returns the callback or the PIN page."""
        browser = Browser(ready["ca_file"])
        page = browser.open(address)
        self.assertEqual(page.status, 200)
        token = parse_qs(urlsplit(address).query)["oauth_token"][0]
        response = browser.open(address.split("?")[0], {"oauth_token": token, **choice}, {"Origin": ready["url"]})
        return response.location or response.text

    def check_profile(self, profile, username):
        self.assertEqual(list(profile), PROFILE_KEYS)
        self.assertEqual(profile["username"], username)
        self.assertIsInstance(profile["id"], str)
        self.assertTrue(profile["picture"].startswith("https://"))
        self.assertRegex(profile["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def check_error(self, run, output, code):
        self.assertEqual(list(output["error"]), ERROR_KEYS)
        self.assertEqual(output["error"]["code"], code)
        self.assertEqual(run.code, 1)
        self.assertNotIn("secret-not-a-real-one", json.dumps(output) + run.err)

    def test_by_callback_and_by_pin_in_both_apis(self):
        with Sandbox(SANDBOX) as ready:
            for api in ("2", "1.1"):
                run = SignIn(ready, "--api", api)
                self.assertTrue(run.first_line.startswith(ready["url"] + "/oauth/authenticate?oauth_token="))
                page = Browser().open(self.decide(ready, run.first_line, user="user_2", allow="1"))
                self.assertEqual(page.status, 200)
                self.check_profile(run.end(), "user_2")
                self.assertEqual(run.code, 0)

                run = SignIn(ready, "--api", api, "--callback", "oob")
                self.assertTrue(run.first_line.startswith(ready["url"] + "/oauth/authorize?oauth_token="))
                page = self.decide(ready, run.first_line, user="user_3", allow="1")
                pin = page.split("<code>")[1].split("</code>")[0]
                self.check_profile(run.end(pin + "\n"), "user_3")
                self.assertIn("PIN: ", run.err)

    def test_alone_it_needs_no_user(self):
        for arguments in ([], ["--callback", "oob"], ["--api", "1.1"], ["--authorize", "--force-login"]):
            done = subprocess.run([SIGN_IN, "--json", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = done.stdout.splitlines()
            self.assertEqual(len(lines), 2)
            self.check_profile(json.loads(lines[1]), "user_1")
        readable = subprocess.run([SIGN_IN], capture_output=True, text=True)
        self.assertIn("(@user_1)", readable.stdout)
        self.assertIn("followers", readable.stdout)

    def test_authorize_asks_always(self):
        with Sandbox(SANDBOX) as ready:
            for arguments, path in (([], "/oauth/authenticate?"), (["--authorize"], "/oauth/authorize?"),
                                    (["--callback", "oob"], "/oauth/authorize?"),
                                    (["--force-login"], "/oauth/authenticate?")):
                run = SignIn(ready, *arguments)
                self.assertTrue(run.first_line.startswith(ready["url"] + path), run.first_line)
                self.assertEqual("force_login=true" in run.first_line, arguments == ["--force-login"])
                run.process.send_signal(signal.SIGTERM)
                run.process.communicate()
            run = SignIn(ready, "--authorize-base", "https://www.example.com/x")
            self.assertTrue(run.first_line.startswith("https://www.example.com/x/oauth/authenticate?oauth_token="), run.first_line)
            run.process.send_signal(signal.SIGTERM)
            run.process.communicate()

    def test_a_person_plays_the_browser_where_that_is_wanted(self):
        for choice in ({"allow": "1"}, {"deny": "1"}):
            process = subprocess.Popen([SIGN_IN, "--json", "--interactive"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            address = process.stdout.readline().strip()
            token = parse_qs(urlsplit(address).query)["oauth_token"][0]
            browser = Browser(unverified=True)  # as a user who clicks the warning away
            origin = "https://" + urlsplit(address).netloc
            back = browser.open(address.split("?")[0], {"oauth_token": token, "user": "user_2", **choice}, {"Origin": origin})
            self.assertEqual(Browser().open(back.location).status, 200)
            out, err = process.communicate()
            output = json.loads(out.splitlines()[-1])
            self.assertIn("throw-away certificate", err)
            if "allow" in choice:
                self.check_profile(output, "user_2")
            else:
                self.assertEqual((output["error"]["code"], process.returncode), ("denied", 1))

    def test_a_proxy_is_asked_for_a_tunnel_to_the_provider(self):
        with Sandbox(SANDBOX, "--auto-approve") as ready, Tunnel() as proxy:
            for arguments, environment in ((["--proxy", proxy.url], {}), ([], {"COAUTH_PROXY": proxy.url})):
                proxy.asked.clear()
                run = SignIn(ready, *arguments, environment=environment)
                Browser().open(Browser(ready["ca_file"]).open(run.first_line).location)
                self.check_profile(run.end(), "user_1")
                self.assertEqual(set(proxy.asked), {urlsplit(ready["url"]).netloc})
            proxy.response = b"HTTP/1.1 403 Forbidden\r\n\r\n"
            run = SignIn(ready, "--proxy", proxy.url)
            output = run.end()
            self.check_error(run, output, "connect_failed")
            self.assertIn("the proxy " + urlsplit(proxy.url).netloc + " refuses a tunnel", output["error"]["message"])
            run = SignIn(ready, "--proxy", "http://127.0.0.1:1")
            output = run.end()
            self.check_error(run, output, "connect_failed")
            self.assertIn("no connection to the proxy 127.0.0.1:1: ", output["error"]["message"])
            self.assertIn("--proxy or COAUTH_PROXY", output["error"]["hint"])

    def test_keys_that_were_copied_with_something_around_them(self):
        with Sandbox(SANDBOX) as ready:
            for odd in ('"key"', "'key'", " key", "key\u00a0", "\ufeffkey"):
                run = SignIn({**ready, "consumer_key": odd})
                output = run.end()
                self.check_error(run, output, "invalid_argument")
                self.assertIn("COAUTH_CONSUMER_KEY has", output["error"]["message"])
            self.assertEqual(control(ready, "/journal"), [])

    def test_a_consumer_secret_may_be_empty_but_not_be_forgotten(self):
        with Sandbox(SANDBOX) as ready:
            for given, code, said in (({}, "invalid_argument", "COAUTH_CONSUMER_SECRET is not set, and COAUTH_CONSUMER_KEY is"),
                                      ({"COAUTH_CONSUMER_SECRET": ""}, "invalid_credentials", "")):
                keys = {"COAUTH_CONSUMER_KEY": ready["consumer_key"]} | given
                done = subprocess.run([SIGN_IN, "--provider", ready["url"], "--ca-file", ready["ca_file"], "--json"],
                                      capture_output=True, text=True, env=keys)
                error = json.loads(done.stdout)["error"]
                self.assertEqual((done.returncode, error["code"]), (1, code))
                self.assertIn(said, error["message"])

    def test_a_wrong_secret(self):
        with Sandbox(SANDBOX) as ready:
            run = SignIn(ready, secret="wrong")
            output = run.end()
            self.check_error(run, output, "invalid_credentials")
            self.assertEqual(output["error"]["provider_code"], 32)
            self.assertIn("secret", output["error"]["hint"])

    def test_a_mistyped_pin_is_asked_for_again(self):
        with Sandbox(SANDBOX) as ready:
            run = SignIn(ready, "--callback", "oob")
            page = self.decide(ready, run.first_line, user="user_1", allow="1")
            pin = page.split("<code>")[1].split("</code>")[0]
            wrong = str((int(pin) + 1) % 10_000_000).zfill(7)
            self.check_profile(run.end(f"{wrong}\n{wrong}\n{pin}\n"), "user_1")
            self.assertEqual(run.err.count("the PIN or verifier is not the one of this login"), 2)

    def test_a_wrong_pin_is_no_wrong_key(self):
        with Sandbox(SANDBOX) as ready:
            for typed in (["wrong"], ["wrong"] * 4):
                run = SignIn(ready, "--callback", "oob")
                self.decide(ready, run.first_line, user="user_1", allow="1")
                output = run.end("".join(line + "\n" for line in typed))
                self.check_error(run, output, "invalid_verifier")
                self.assertIn("PIN", output["error"]["hint"])

    def test_where_no_pin_is_given_none_is_sent(self):
        with Sandbox(SANDBOX) as ready:
            for typed, said in (("", "no PIN was given: standard input has ended"), ("\n", "standard input has ended"),
                                ("\n \n", "no PIN was given: the line was empty, twice")):
                run = SignIn(ready, "--callback", "oob")
                output = run.end(typed)
                self.check_error(run, output, "denied")
                self.assertIn(said, output["error"]["message"])
            self.assertNotIn("/oauth/access_token", [entry["route"] for entry in control(ready, "/journal")])
            run = SignIn(ready, "--callback", "oob")
            page = self.decide(ready, run.first_line, user="user_1", allow="1")
            self.check_profile(run.end("\n" + page.split("<code>")[1].split("</code>")[0] + "\n"), "user_1")
            self.assertEqual(run.err.count("the line is empty"), 1)

    def test_white_space_of_every_kind_is_no_part_of_a_pin(self):
        with Sandbox(SANDBOX) as ready:
            for blank in ("\u00a0", "\u3000\t"):
                run = SignIn(ready, "--callback", "oob")
                page = self.decide(ready, run.first_line, user="user_1", allow="1")
                pin = page.split("<code>")[1].split("</code>")[0]
                self.check_profile(run.end(f"{blank}{pin[:3]}{blank}{pin[3:]}{blank}\n"), "user_1")

    def test_a_denied_login(self):
        with Sandbox(SANDBOX) as ready:
            run = SignIn(ready)
            callback = self.decide(ready, run.first_line, user="user_1", deny="1")
            self.assertIn("denied=", callback)
            Browser().open(callback)
            self.check_error(run, run.end(), "denied")

    def test_callbacks_that_are_not_this_logins(self):
        with Sandbox(SANDBOX) as ready:
            earlier = SignIn(ready)
            old_callback = self.decide(ready, earlier.first_line, user="user_1", allow="1")
            Browser().open(old_callback)
            earlier.end()

            run = SignIn(ready)
            callback = self.decide(ready, run.first_line, user="user_1", allow="1")
            here = callback.split("?")[0]
            for query in (urlsplit(old_callback).query, "", "oauth_token=x&oauth_verifier=y", "denied=x"):
                self.assertEqual(Browser().open(here + "?" + query).status, 400, query)
            self.assertEqual(Browser().open(here.replace("/callback", "/favicon.ico")).status, 404)
            self.assertEqual(Browser().open(callback).status, 200)
            self.check_profile(run.end(), "user_1")

    def test_a_used_request_token_is_refused_by_the_provider(self):
        with Sandbox(SANDBOX) as ready:
            run = SignIn(ready)
            callback = self.decide(ready, run.first_line, user="user_1", allow="1")
            control(ready, "/faults", [{"route": "/oauth/access_token", "status": 401,
                                        "body": "Error processing your OAuth request: Invalid oauth_verifier parameter"}])
            Browser().open(callback)
            self.check_error(run, run.end(), "invalid_verifier")

    def test_a_clock_off_by_two_hours_is_named(self):
        for skew in ("7200", "-7200"):
            with Sandbox(SANDBOX, "--clock-skew", skew) as ready:
                run = SignIn(ready)
                output = run.end()
                self.check_error(run, output, "clock_skew")
                self.assertIn("behind" if skew == "7200" else "ahead", output["error"]["hint"])

    def test_a_clock_off_by_ten_minutes_is_mended_and_said(self):
        for skew in ("600", "-600"):
            with Sandbox(SANDBOX, "--clock-skew", skew, "--auto-approve") as ready:
                run = SignIn(ready)
                page = Browser(ready["ca_file"]).open(run.first_line)
                Browser().open(page.location)
                self.check_profile(run.end(), "user_1")
                self.assertEqual(run.code, 0)
                self.assertRegex(run.err, r"(59\d|60\d) s " + ("behind" if skew == "600" else "ahead"))

    def test_no_callback_comes(self):
        with Sandbox(SANDBOX) as ready:
            for arguments in (["--callback", "oob"], []):
                run = SignIn(ready, "--timeout", "0.05", *arguments)
                # Nothing is typed and stdin stays open: the time limit ends it.
                code = run.process.wait()
                self.assertEqual(code, 1)
                output = json.loads(run.process.stdout.read().splitlines()[-1])
                self.assertEqual(output["error"]["code"], "expired")
                self.assertIn("no PIN was typed" if arguments else "no callback arrived", output["error"]["message"])
                run.process.communicate()

    def test_callbacks_that_were_rejected_are_no_silence(self):
        with Sandbox(SANDBOX) as ready:
            run = SignIn(ready, "--timeout", "3")
            here = self.decide(ready, run.first_line, user="user_1", allow="1").split("?")[0]
            reasons = {"oauth_token=x&oauth_verifier=" + "y" * 2048: "the callback is too long",
                       "": "the callback is neither a token with a verifier nor a refusal",
                       "oauth_token=x&oauth_verifier=y": "its oauth_token belongs to another login"}
            for query in reasons:
                self.assertEqual(Browser().open(here + "?" + query).status, 400)
            output = run.end()
            self.check_error(run, output, "expired")
            self.assertEqual(output["error"]["message"], "no valid callback arrived within 3 s; 3 callbacks were rejected, "
                                                         "the last because its oauth_token belongs to another login")
            for reason in reasons.values():
                self.assertIn("a callback was rejected: " + reason + "\n", run.err)

    def test_signals_end_it(self):
        with Sandbox(SANDBOX) as ready:
            for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                for arguments in ([], ["--callback", "oob"]):
                    run = SignIn(ready, *arguments)
                    run.process.send_signal(number)
                    self.assertEqual(run.process.wait(), code)
                    self.assertEqual(run.process.communicate()[0], "")

    def test_settings_that_cannot_be_used(self):
        with Sandbox(SANDBOX) as ready:
            for provider in ("http://example.com", "api.x.com", "/relative", "ftp://x", "https://user@host", "https://h:0"):
                run = SignIn({**ready, "url": provider})
                self.check_error(run, run.end(), "invalid_argument")
            for callback in ("http://0.0.0.0:0/", "https://127.0.0.1/", "callback", "http://example.com/cb"):
                run = SignIn(ready, "--callback", callback)
                self.check_error(run, run.end(), "invalid_argument")
            run = SignIn(ready, secret=ready["consumer_secret"] + "\n")
            self.check_error(run, run.end(), "invalid_argument")
            run = SignIn({**ready, "ca_file": "/dev/null"})
            self.assertEqual(run.end()["error"]["code"], "invalid_argument")
            self.assertEqual(control(ready, "/journal"), [])

    def test_wrong_usage(self):
        for arguments in (["--nonsense"], ["--api", "3"], ["--deadline", "x"], ["extra"], ["--timeout", "-1"],
                          ["--timeout", "nan"], ["--deadline", "nan"], ["--timeout", "inf"], ["--ca-file", "/nope"],
                          ["--proxy", "http://127.0.0.1:1"], ["--with", "github", "--ca-file", "/nope"]):
            done = subprocess.run([SIGN_IN, *arguments], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
        ignored = subprocess.run([SIGN_IN], capture_output=True, text=True, env=os.environ | {"COAUTH_PROXY": "http://127.0.0.1:1"})
        self.assertEqual((ignored.returncode, ignored.stderr.count("COAUTH_PROXY is not used")), (0, 1), ignored.stderr)
        for arguments in (["--help"], ["--version"]):
            self.assertEqual(subprocess.run([SIGN_IN, *arguments], capture_output=True).returncode, 0)

    def test_another_authority(self):
        with Sandbox(SANDBOX) as one, Sandbox(SANDBOX) as other:
            run = SignIn({**one, "ca_file": other["ca_file"]})
            self.check_error(run, run.end(), "tls_failed")


if __name__ == "__main__":
    unittest.main(verbosity=1)
