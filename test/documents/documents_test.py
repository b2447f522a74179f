#!/usr/bin/python3
"""The whole programs of README and docs, as a reader would run them, and how long they are.

usage: documents_test.py COAUTH_SANDBOX PIN_LOGIN BATCH BOT OTHER_PROVIDER
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "programs"))
from sandbox_process import Browser, Sandbox, control  # noqa: E402

SANDBOX, PIN_LOGIN, BATCH, BOT, OTHER_PROVIDER = sys.argv[1:6]
del sys.argv[1:6]
TOKEN = {"COAUTH_TOKEN": "11-token", "COAUTH_TOKEN_SECRET": "token-secret"}


def lines_of_code(name):
    """Without blank lines, includes and comments."""
    lines = [line.strip() for line in (HERE / name).read_text().splitlines()]
    return len([line for line in lines if line and not line.startswith(("#include", "//"))])


class Documents(unittest.TestCase):
    def environment(self, ready):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
        return kept | {"COAUTH_PROVIDER": ready["url"], "COAUTH_CA_FILE": ready["ca_file"],
                       "COAUTH_CONSUMER_KEY": ready["consumer_key"],
                       "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}

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
                              env=self.environment(ready) | variables)
        return done.returncode, done.stdout, done.stderr

    def run_with(self, ready, program, text, **variables):
        process = subprocess.Popen(program if isinstance(program, list) else [program], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(ready) | variables, text=True)
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
            process = subprocess.Popen([BOT], cwd=folder, env=self.environment(ready) | TOKEN, stdout=subprocess.PIPE, text=True)
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


if __name__ == "__main__":
    unittest.main()
