#!/usr/bin/python3
"""The whole programs of README and docs, as a reader would run them, and how long they are.

usage: documents_test.py COAUTH_SANDBOX PIN_LOGIN WEB_LOGIN PLAIN_SITE BATCH BOT OTHER_PROVIDER
           DEVICE_LOGIN NEW_PROVIDER [KEPT_SITE]
"""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "programs"))
from sandbox_process import Browser, Sandbox, control  # noqa: E402

SANDBOX, PIN_LOGIN, WEB_LOGIN, PLAIN_SITE, BATCH, BOT, OTHER_PROVIDER, DEVICE_LOGIN, NEW_PROVIDER = (
    sys.argv.pop(1) for _ in range(9))
KEPT_SITE = sys.argv.pop(1) if len(sys.argv) > 1 else None  # where SQLite is
TOKEN = {"COAUTH_TOKEN": "11-token", "COAUTH_TOKEN_SECRET": "token-secret"}


def code(name):
    """The lines without blank ones, includes and comments."""
    lines = [line.strip() for line in (HERE / name).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith(("#include", "//"))]


def lines_of_code(name):
    return len(code(name))


class Visitor:
    """A browser at a site: keeps its cookies, and follows no redirect by itself."""

    def __init__(self, site):
        self.site, self.browser, self.cookies = site, Browser(), {}

    def open(self, path, form=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Sec-Fetch-Site"] = "same-origin"
        page = self.browser.open(self.site + path, form, headers)
        for cookie in page.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=")
            self.cookies.pop(name, None) if "Max-Age=0" in cookie else self.cookies.update({name: value})
        return page

    def press(self, provider, choice):
        """Presses the button, then allows or denies the login at the provider; returns the callback's path and query."""
        button = re.search(r'action="(/login[^"]*)".*?name="page" value="([\w-]+)"', self.open("/").text, re.S)
        login = self.open(button[1], {"page": button[2]}).location
        form = {"user": "user_1", choice: "1"}
        back = Browser(provider["ca_file"]).open(login, form, {"Origin": provider["url"]}).location
        assert back.startswith(self.site + "/callback?"), back
        return back[len(self.site):]


def environment_of(ready):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
    return environment | {"COAUTH_PROVIDER": ready["url"], "COAUTH_CA_FILE": ready["ca_file"],
                          "COAUTH_CONSUMER_KEY": ready["consumer_key"],
                          "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}


class Documents(unittest.TestCase):
    @contextlib.contextmanager
    def seeded(self, more, *arguments):
        """A sandbox with the users greeter (11, whose token is TOKEN), ada (12) and bob (13), and a folder."""
        users = {"users": [{"id": "11", "username": "greeter"}, {"id": "12", "username": "ada"},
                           {"id": "13", "username": "bob"}],
                 "access_tokens": [{"token": "11-token", "secret": "token-secret", "user_id": "11"}]}
        with tempfile.TemporaryDirectory() as folder:
            seed = pathlib.Path(folder, "seed.json")
            seed.write_text(json.dumps(users | more))
            with Sandbox(SANDBOX, "--seed", str(seed), "--log", os.devnull, *arguments) as ready:
                yield ready, pathlib.Path(folder)

    def run_program(self, ready, program, text, **variables):
        done = subprocess.run([program], input=text, capture_output=True, text=True, check=False,
                              env=environment_of(ready) | variables)
        return done.returncode, done.stdout, done.stderr

    def run_with(self, ready, program, text, **variables):
        process = subprocess.Popen(program if isinstance(program, list) else [program], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment_of(ready) | variables, text=True)
        first = process.stdout.readline()
        out, err = process.communicate(text(first.strip()) if first else "")
        return process.returncode, first + out, err

    def pin_at(self, ready, url):
        """Allows the login at the provider's page, and reads the PIN."""
        page = Browser(ready["ca_file"]).open(url, {"user": "user_1", "allow": "1"}, {"Origin": ready["url"]})
        self.assertEqual(page.status, 200, page.text)
        return page.text.split("<code>")[1].split("</code>")[0]

    def test_a_test_of_a_login_is_ten_lines(self):
        page = (HERE / "login_test.cpp").read_text().split("// [login_test\n")[1].split("// ]")[0]
        self.assertLessEqual(len([line for line in page.splitlines() if line and not line.startswith("#include")]), 10)

    def test_pin_login(self):
        self.assertLessEqual(lines_of_code("pin_login.cpp"), 11)
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            code, out, err = self.run_with(ready, PIN_LOGIN, lambda url: self.pin_at(ready, url) + "\n")
            self.assertEqual((code, out.splitlines()[-1]), (0, "Ada Example @user_1"), err)
            code, out, err = self.run_with(ready, PIN_LOGIN, lambda url: "0000000\n")
            self.assertEqual(code, 1)
            self.assertTrue(err.startswith("error: invalid_verifier: "), err)
            self.assertIn("\n  hint: ", err)
            code, out, err = self.run_with(ready, PIN_LOGIN, lambda url: "", COAUTH_CONSUMER_SECRET="\"secret\"")
            self.assertEqual((code, out), (1, ""))
            self.assertIn("COAUTH_CONSUMER_SECRET has", err)
            self.assertNotIn("\"secret\"", err)
            code, _, err = self.run_with(ready, PIN_LOGIN, lambda url: "", COAUTH_CONSUMER_KEY="")
            self.assertEqual(code, 1)
            self.assertIn("set COAUTH_CONSUMER_KEY and COAUTH_CONSUMER_SECRET", err)

    def test_web_login_has_at_most_fifteen_lines_beyond_a_site_without_logins(self):
        plain = code("plain_site.cpp")
        self.assertLessEqual(len([line for line in code("web_login.cpp") if line not in plain]), 15)
        with subprocess.Popen([PLAIN_SITE], stdout=subprocess.PIPE, text=True) as site:
            self.assertIn("<h1>Welcome</h1>", Browser().open(site.stdout.readline().strip()).text)
            site.send_signal(signal.SIGTERM)
        self.assertEqual(site.returncode, 143)

    def test_web_login(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, subprocess.Popen(
                [WEB_LOGIN], stdout=subprocess.PIPE, text=True, env=environment_of(ready)) as site:
            try:
                self.sign_in_and_out(ready, site.stdout.readline().strip())
            finally:
                site.send_signal(signal.SIGTERM)
        self.assertEqual(site.returncode, 143)

    @unittest.skipUnless(KEPT_SITE, "built without SQLite")
    def test_a_site_with_a_store_signs_nobody_out_by_a_restart(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            keys = folder / "keys"
            keys.touch(0o600)
            keys.write_bytes(os.urandom(32))
            visitor = None
            for _ in range(2):
                with subprocess.Popen([KEPT_SITE, str(folder / "site.db"), str(keys)], stdout=subprocess.PIPE, text=True,
                                      env=environment_of(ready)) as site:
                    url = site.stdout.readline().strip()
                    if not visitor:
                        visitor = Visitor(url)
                        self.assertEqual(visitor.open(visitor.press(ready, "allow")).location, url + "/")
                    visitor.site = url
                    self.assertIn("<h1>Hello, <bdi>", visitor.open("/").text)
                    site.send_signal(signal.SIGTERM)
                self.assertEqual(site.returncode, 143)

    def sign_in_and_out(self, ready, url):
        visitor = Visitor(url)
        self.assertIn("Sign in with X", visitor.open("/").text)
        # Two tabs: each finishes its own login.
        callbacks = [visitor.press(ready, "allow") for _ in range(2)]
        self.assertNotEqual(*callbacks)
        for callback in callbacks:
            self.assertEqual((visitor.open(callback).location), url + "/")
            self.assertIn("<h1>Hello, <bdi>user_1</bdi></h1>", visitor.open("/").text)
        self.assertEqual(visitor.open(callbacks[0]).status, 410)
        self.assertEqual(visitor.open("/logout", {}).location, url + "/")
        self.assertIn("Sign in with X", visitor.open("/").text)

        denied = visitor.open(visitor.press(ready, "deny"))
        self.assertEqual(denied.status, 200)
        self.assertIn("You did not sign in", denied.text)
        self.assertIn('action="/login"', denied.text)

        # A callback of another browser's login, one that was made up, and a form of another site.
        other = Visitor(url)
        for forged in (other.press(ready, "allow"), "/callback?oauth_token=x&oauth_verifier=y", "/callback"):
            page = visitor.open(forged)
            self.assertEqual(page.status, 400, forged)
            self.assertIn("<h1>", page.text)
        self.assertIn("Sign in with X", visitor.open("/").text)
        self.assertEqual(Browser().open(url + "/login", {}, {"Sec-Fetch-Site": "cross-site"}).status, 403)


    def test_batch(self):
        self.assertLessEqual(lines_of_code("batch.cpp"), 12)
        names = [f"user_{number}" for number in range(1, 10_000)] + ["no_such_user"]
        users = [{"id": str(100 + number), "username": f"user_{number}"} for number in range(1, 10_000)]
        with self.seeded({"users": [{"id": "11", "username": "greeter"}, *users]}) as (ready, _):
            code, out, err = self.run_program(ready, BATCH, "".join(name + "\n" for name in names), **TOKEN)
            self.assertEqual(code, 0, err)
            lines = [json.loads(line) for line in out.splitlines()]
            self.assertEqual([line and line["username"] for line in lines], names[:-1] + [None])
            code, out, err = self.run_program(ready, BATCH, "user_1\n")
            self.assertEqual((code, out), (1, ""))
            self.assertIn("set COAUTH_TOKEN and COAUTH_TOKEN_SECRET", err)

    def test_bot(self):
        self.assertLessEqual(lines_of_code("bot.cpp"), 20)
        tweets = [{"id": number, "user_id": user, "text": "@greeter hello", "created_at": "2026-01-31T12:00:00Z"}
                  for number, user in (("101", "12"), ("102", "13"), ("103", "12"))]
        with self.seeded({"tweets": tweets}) as (ready, folder):
            process = subprocess.Popen([BOT], cwd=folder, env=environment_of(ready) | TOKEN, stdout=subprocess.PIPE, text=True)
            posted = lambda: [entry for entry in control(ready, "/journal") if entry["route"] == "/2/tweets"]  # noqa: E731
            for _ in range(2000):
                if len(posted()) == 3 or process.poll() is not None:
                    break
                time.sleep(0.01)
            process.kill()
            out, _ = process.communicate()
            # The provider refuses the same text twice; the bot says so, and goes on.
            self.assertEqual([entry["status"] for entry in posted()], [201, 201, 403])
            self.assertEqual(out.splitlines()[:2], ["Hello @ada", "Hello @bob"])
            self.assertEqual((folder / "greeted").read_text(), "103")

    def test_other_provider(self):
        self.assertLessEqual(lines_of_code("other_provider.cpp"), 20)
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            program = [OTHER_PROVIDER, ready["url"], ready["url"]]
            code, out, err = self.run_with(ready, program, lambda url: self.pin_at(ready, url) + "\n")
            self.assertEqual((code, out.splitlines()[-1]), (0, "Ada Example"), err)
            code, out, err = self.run_with(ready, program, lambda url: "0000000\n")
            self.assertEqual(code, 1)
            self.assertTrue(err.startswith("error: invalid_verifier: "), err)

    def test_device_login(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            github = ready["providers"]["github"]
            for choice, code, shown in (("allow", 0, "Ada Example @user_1"), ("deny", 1, "error: denied: ")):
                process = subprocess.Popen([DEVICE_LOGIN, github["login_base"], github["api_base"]], stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True,
                                           env=environment_of(ready) | {"COAUTH_GITHUB_CLIENT_ID": ready["public_client_id"]})
                page, user_code = re.fullmatch(r"Open (\S+) and type (\S+)\n", process.stdout.readline()).groups()
                form = {"user": "user_1", "user_code": user_code, choice: "1"}
                done = Browser(ready["ca_file"]).open(page, form, {"Origin": ready["url"]})
                self.assertEqual(done.status, 200, done.text)
                out, err = process.communicate()
                self.assertEqual(process.returncode, code, err)
                self.assertIn(shown, out + err)

    def call_back(self, ready, url, choice):
        """Allows or denies the login at the provider's page, and opens the program's callback."""
        page = Browser(ready["ca_file"]).open(url.split("?")[0], dict(urllib.parse.parse_qsl(url.split("?")[1])) | {"user": "user_1", choice: "1"},
                                              {"Origin": ready["url"]})
        self.assertEqual(Browser().open(page.location).status, 200)
        return ""

    def test_new_provider(self):
        provider = (HERE / "new_provider.cpp").read_text().split("// The provider")[1].split("// A program")[0]
        self.assertLessEqual(len([line for line in provider.splitlines()[1:] if line.strip()]), 25)
        with Sandbox(SANDBOX, "--log", os.devnull) as ready:
            program = [NEW_PROVIDER, ready["providers"]["oidc"]["issuer"]]
            keys = {"COAUTH_GITLAB_CLIENT_ID": ready["client_id"], "COAUTH_GITLAB_CLIENT_SECRET": ready["client_secret"]}
            code, out, err = self.run_with(ready, program, lambda url: self.call_back(ready, url, "allow"), **keys)
            self.assertEqual((code, out.splitlines()[-1]), (0, "Ada Example (user_1)"), err)
            keys["COAUTH_GITLAB_CLIENT_SECRET"] = ""
            keys["COAUTH_GITLAB_CLIENT_ID"] = ready["public_client_id"]
            code, out, err = self.run_with(ready, program, lambda url: self.call_back(ready, url, "allow"), **keys)
            self.assertEqual((code, out.splitlines()[-1]), (0, "Ada Example (user_1)"), err)
            code, out, err = self.run_with(ready, program, lambda url: self.call_back(ready, url, "deny"), **keys)
            self.assertEqual(code, 1)
            self.assertTrue(err.startswith("error: denied: "), err)


if __name__ == "__main__":
    unittest.main()
