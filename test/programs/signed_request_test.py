#!/usr/bin/python3
"""`signed_request` against coauth-sandbox.

usage: signed_request_test.py SIGNED_REQUEST COAUTH_SANDBOX
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import quote

from sandbox_process import Sandbox, control

PROGRAM, SANDBOX = sys.argv.pop(1), sys.argv.pop(1)
SEED = {
    "consumers": [{"key": "key", "secret": "canary-consumer", "name": "App", "callbacks": None}],
    "users": [{"id": "12", "username": "jack", "name": "Jack"}],
    "access_tokens": [{"token": "12-token", "secret": "canary-token", "user_id": "12", "consumer_key": "key"}],
}
KEYS = {"COAUTH_CONSUMER_KEY": "key", "COAUTH_CONSUMER_SECRET": "canary-consumer", "COAUTH_TOKEN": "12-token",
        "COAUTH_TOKEN_SECRET": "canary-token"}


def run(*arguments, keys=KEYS, **more):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env={**os.environ, **keys}, **more)


class SignedRequest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.seed = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(SEED, cls.seed)
        cls.seed.flush()
        cls.sandbox = Sandbox(SANDBOX, "--seed", cls.seed.name)
        cls.ready = cls.sandbox.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.sandbox.__exit__()
        cls.seed.close()

    def send(self, method, path, *arguments, keys=KEYS):
        return run(method, self.ready["url"] + path, "--ca-file", self.ready["ca_file"], *arguments, keys=keys)

    def test_every_place_and_method(self):
        for place in ("header", "query"):
            for method in ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"):
                done = self.send("GET", "/1.1/users/show.json", "-d", "screen_name=jack", "--place", place, "--method", method)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(json.loads(done.stdout)["id_str"], "12")
                self.assertEqual(done.stderr, "HTTP 200\n")
        for place in ("header", "query", "form"):
            done = self.send("POST", "/1.1/statuses/update.json", "-d", f"status=Hello ☃ + {place} & co", "--place", place)
            self.assertEqual(json.loads(done.stdout)["text"], f"Hello ☃ + {place} & co", done.stderr)

    def test_json_bodies(self):
        done = self.send("POST", "/2/tweets", "--body", '{"text":"as JSON"}')
        self.assertEqual((done.returncode, json.loads(done.stdout)["data"]["text"]), (0, "as JSON"))
        done = self.send("POST", "/2/tweets", "--body", '{"text":"with its hash"}', "--body-hash")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_refused_request(self):
        done = self.send("GET", "/2/users/me", keys={**KEYS, "COAUTH_TOKEN_SECRET": "wrong"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("HTTP 401", done.stderr)
        self.assertIn("--explain", done.stderr)
        self.assertNotIn("canary", done.stdout + done.stderr)
        self.assertEqual(self.send("GET", "/nothing").returncode, 1)

    def test_a_method_in_lower_case_is_the_same_method(self):
        for method in ("get", "Get", "GET"):
            self.assertEqual(self.send(method, "/1.1/users/show.json", "-d", "screen_name=jack").returncode, 0)
            seen = control(self.ready, "/journal")[-1]
            self.assertEqual((seen["method"], seen["target"]), ("GET", "/1.1/users/show.json?screen_name=jack"))
        done = self.send("get", "/p", "--body", "{}", "--explain")
        self.assertEqual(done.returncode, 2)
        self.assertIn("a GET has no body", done.stderr)

    def test_a_folder_is_no_file_of_vectors_and_no_key(self):
        for arguments in (["--vectors", "/tmp"], ["GET", "/p", "--method", "RSA-SHA1", "--rsa-key", "/tmp", "--explain"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn("the file /tmp can't be read: Is a directory", done.stderr)
        for file, said in (("/nope", "the file /nope can't be read: No such file or directory"),
                           ("/dev/null", "the file /dev/null is empty")):
            done = run("GET", "/p", "--method", "RSA-SHA1", "--rsa-key", file, "--explain")
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)
        self.assertEqual(run("--vectors", "/dev/null").returncode, 0)

    def test_half_a_token_is_none(self):
        for missing, other in (("COAUTH_TOKEN", "COAUTH_TOKEN_SECRET"), ("COAUTH_TOKEN_SECRET", "COAUTH_TOKEN")):
            done = self.send("GET", "/2/users/me", keys={name: value for name, value in KEYS.items() if name != missing})
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(f"{missing} is not set, and {other} is", done.stderr)
            self.assertNotIn("canary", done.stderr)
        done = self.send("GET", "/p", "--explain", keys=KEYS | {"COAUTH_TOKEN_SECRET": "", "COAUTH_CONSUMER_SECRET": ""})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("[empty]&[empty]", done.stdout)

    def test_half_a_token_does_not_matter_to_the_sandbox_of_the_program(self):
        for name in ("COAUTH_TOKEN", "COAUTH_TOKEN_SECRET"):
            done = run("GET", "/2/users/me", keys={name: "canary"})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["data"]["username"], "user_1")

    def test_flags_that_would_be_dropped_are_wrong_usage(self):
        for arguments, said in ((["--vectors", "-", "GET", "/x"], "--vectors"), (["--vectors", "-", "-d", "a=b"], "--vectors"),
                                (["GET", "/p", "-d", "name"], "-d takes NAME=VALUE"), (["GET", "/p", "--ca-file", "/nope"], "--ca-file"),
                                (["GET", "/p", "--proxy", "http://127.0.0.1:1"], "--proxy"),
                                (["GET", "/p", "--deadline", "nan"], "--deadline")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(said, done.stderr)

    def test_explaining_sends_nothing_and_shows_no_secret(self):
        before = control(self.ready, "/journal")
        for method in ("HMAC-SHA1", "PLAINTEXT"):
            done = self.send("POST", "/p?x=1", "-d", "a=b c", "--explain", "--method", method, "--realm", "R")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("base URI       " + self.ready["url"] + "/p\n", done.stdout)
            self.assertIn("               a=b%20c\n", done.stdout)
            self.assertIn("[15 characters]&[12 characters]", done.stdout)
            self.assertNotIn("canary", done.stdout + done.stderr)
            self.assertNotIn(KEYS["COAUTH_TOKEN"], done.stdout)
            self.assertIn(KEYS["COAUTH_TOKEN"][:4] + "...", done.stdout)
            self.assertIn("Compare the base string", done.stderr)
            if method != "PLAINTEXT":
                self.assertIn('realm="R"', done.stdout)
            as_json = self.send("POST", "/p?x=1", "-d", "a=b c", "--explain", "--method", method, "--json")
            self.assertEqual(list(json.loads(as_json.stdout)),
                             ["method", "base_uri", "parameters", "base_string", "key", "signature", "authorization"])
            self.assertNotIn("canary", as_json.stdout)
            self.assertNotIn(KEYS["COAUTH_TOKEN"], as_json.stdout)
        self.assertEqual(control(self.ready, "/journal"), before)

    def test_explaining_shows_the_place_that_carries_the_parameters(self):
        for method, place, given in (("GET", "query", "x=1&a=b%20c&oauth_"), ("POST", "query", "x=1&oauth_"), ("POST", "form", "a=b%20c&oauth_")):
            arguments = [method, "/p?x=1", "-d", "a=b c", "--place", place, "--explain"]
            done = self.send(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            last = done.stdout.splitlines()[-1]
            self.assertEqual(last[:15 + len(given)], place.ljust(15) + given)
            self.assertIn("oauth_token=" + KEYS["COAUTH_TOKEN"][:4] + "...", last)
            signature = next(line[15:] for line in done.stdout.splitlines() if line.startswith("signature "))
            self.assertIn("oauth_signature=" + quote(signature, safe=""), last)
            self.assertNotIn("Authorization", done.stdout)
            as_json = json.loads(self.send(*arguments, "--json").stdout)
            self.assertEqual(as_json["authorization"], None)
            self.assertTrue(as_json[place].startswith(given))
            hidden = self.send(*arguments, "--method", "PLAINTEXT").stdout
            self.assertEqual(hidden.splitlines()[-1], place.ljust(15) + "[hidden: it holds the secrets]")
            self.assertNotIn("canary", hidden)

    def test_alone_it_asks_a_sandbox(self):
        done = run("GET", "/2/users/me", keys={})
        self.assertEqual((done.returncode, json.loads(done.stdout)["data"]["username"]), (0, "user_1"), done.stderr)

    def test_two_legged(self):
        done = self.send("GET", "/1.1/users/show.json", "-d", "screen_name=jack",
                         keys={"COAUTH_CONSUMER_KEY": "key", "COAUTH_CONSUMER_SECRET": "canary-consumer"})
        self.assertEqual((done.returncode, json.loads(done.stdout)["id_str"]), (0, "12"), done.stderr)

    def test_a_parameter_is_in_the_query_where_there_is_no_body(self):
        for method in ("HEAD", "DELETE", "GET"):
            self.send(method, "/1.1/users/show.json", "-d", "screen_name=jack")
            self.assertEqual(control(self.ready, "/journal")[-1]["target"], "/1.1/users/show.json?screen_name=jack")

    def test_a_signal_ends_it_with_its_exit_code(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            control(self.ready, "/reset", {})
            control(self.ready, "/faults", [{"route": "/2/users/me", "delay_ms": 30_000}])
            process = subprocess.Popen([PROGRAM, "GET", self.ready["url"] + "/2/users/me", "--ca-file", self.ready["ca_file"]],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **KEYS})
            while not control(self.ready, "/counters")["requests"]:
                self.assertIsNone(process.poll())
            process.send_signal(number)
            self.assertEqual((process.communicate()[0], process.returncode), ("", code))
        control(self.ready, "/reset", {})

    def test_a_signal_loses_no_result_of_vectors(self):
        line = json.dumps({"id": "1", "method": "GET", "url": "https://h/", "consumer_key": "k", "consumer_secret": "s",
                           "nonce": "n", "timestamp": 1}) + "\n"
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen([PROGRAM, "--vectors", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            process.stdin.write(line * 100)
            process.stdin.flush()
            read = [process.stdout.readline() for _ in range(100)]
            self.assertTrue(all('"signature"' in each for each in read))
            process.send_signal(number)
            self.assertEqual((process.communicate()[0], process.returncode), ("", code))

    def test_what_is_refused_before_a_byte_is_sent(self):
        before = control(self.ready, "/journal")
        for method, url, *more in (("GET", "http://example.com/"), ("GET", "relative"), ("GET", "https://h/a b"), ("G ET", "https://h/"),
                                   ("GET", "https://h/%zz"), ("GET", "https://h/", "--method", "RSA-SHA1"),
                                   ("GET", "http://127.0.0.1:1/", "--method", "PLAINTEXT"), ("GET", "https://h/", "--place", "form")):
            done = run(method, url, "--json", *more)
            self.assertEqual(done.returncode, 1, (method, url, done.stdout))
            self.assertEqual(json.loads(done.stdout)["error"]["code"], "invalid_argument")
        done = run("GET", self.ready["url"] + "/", keys={})
        self.assertEqual(done.returncode, 1)
        self.assertIn("COAUTH_CONSUMER_KEY", done.stderr)
        self.assertEqual(control(self.ready, "/journal"), before)

    def test_wrong_usage(self):
        for arguments in ([], ["GET"], ["GET", "https://h/", "--place", "somewhere"], ["GET", "https://h/", "--method", "MD5"],
                          ["GET", "https://h/", "--body", "{}"], ["POST", "https://h/", "--body", "{}", "-d", "a=b"],
                          ["POST", "https://h/", "-d", "a=b", "--body-hash"]):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)


if __name__ == "__main__":
    unittest.main(verbosity=1)
