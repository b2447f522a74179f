#!/usr/bin/python3
"""The whole programs of README and docs, as a reader would run them, and how long they are.

usage: documents_test.py COAUTH_SANDBOX PIN_LOGIN
"""
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "programs"))
from sandbox_process import Browser, Sandbox  # noqa: E402

SANDBOX, PIN_LOGIN = sys.argv.pop(1), sys.argv.pop(1)


def lines_of_code(name):
    """Without blank lines, includes and comments."""
    lines = [line.strip() for line in (HERE / name).read_text().splitlines()]
    return len([line for line in lines if line and not line.startswith(("#include", "//"))])


class Documents(unittest.TestCase):
    def run_with(self, ready, program, text, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
        environment |= {"COAUTH_PROVIDER": ready["url"], "COAUTH_CA_FILE": ready["ca_file"],
                        "COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}
        environment |= variables
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment, text=True)
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


if __name__ == "__main__":
    unittest.main()
