#!/usr/bin/python3
"""`login_server` as a program: its flags, its ready line, its cookies behind TLS, its end, and few files.

usage: login_server_test.py LOGIN_SERVER COAUTH_SANDBOX
"""
import http.client
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import unittest
import urllib.parse

from sandbox_process import Browser, Sandbox, control

LOGIN_SERVER, SANDBOX = "", ""


class Running:
    """with Running("--threads", "1") as ready: ready["url"] ..."""

    def __init__(self, *arguments, env=None, preexec_fn=None):
        self.arguments, self.env, self.preexec_fn = arguments, env or {}, preexec_fn

    def __enter__(self):
        self.process = subprocess.Popen([LOGIN_SERVER, "--listen", "127.0.0.1:0", *self.arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **self.env}, preexec_fn=self.preexec_fn)
        self.ready = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.end(signal.SIGTERM)

    def end(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.rest, self.said = self.process.communicate()
        return self.process.returncode

    def ask(self, method, path, headers=None, body=None):
        where = urllib.parse.urlsplit(self.ready["url"] if path != "/metrics" else self.ready["metrics"])
        connection = http.client.HTTPConnection(where.hostname, where.port)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer


class LoginServerTest(unittest.TestCase):
    def run_once(self, *arguments, env=None):
        done = subprocess.run([LOGIN_SERVER, *arguments], capture_output=True, text=True,
                              env={**os.environ, **(env or {})})
        return done.returncode, done.stdout, done.stderr

    def test_says_what_it_takes_and_refuses_what_it_does_not(self):
        code, out, _ = self.run_once("--help")
        self.assertEqual(code, 0)
        for flag in ("--listen", "--public-url", "--threads", "--metrics", "--provider", "--deadline"):
            self.assertIn(flag, out)
        self.assertEqual(self.run_once("--version")[0], 0)
        self.assertEqual(self.run_once("--threads", "0")[0], 2)
        self.assertEqual(self.run_once("--nonsense")[0], 2)
        for wrong in (["--listen", "localhost:0"], ["--listen", "0.0.0.0:0"], ["--metrics", "0.0.0.0:0"],
                      ["--public-url", "http://example.org"], ["--public-url", "https://example.org/app"],
                      ["--behind-proxy", "proxy"], ["--provider", "http://example.org"]):
            code, out, said = self.run_once("--json", *wrong)
            self.assertEqual(code, 1, wrong)
            problem = json.loads(out)["error"]
            self.assertEqual(problem["code"], "invalid_argument", wrong)
            self.assertTrue(problem["hint"], wrong)

    def test_a_port_that_is_taken_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            code, out, _ = self.run_once("--json", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["error"]["code"], "invalid_argument")

    def test_one_line_when_ready_and_the_signal_as_its_exit_code(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            with Running("--threads", "2") as site:
                self.assertEqual(list(site.ready), ["url", "metrics"])
                self.assertEqual(site.ask("GET", "/healthz").text, "ok\n")
                self.assertIn("Sign in with X", site.ask("GET", "/").text)
                metrics = site.ask("GET", "/metrics")
                self.assertEqual(metrics.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
                self.assertIn("coauth_logins_pending 0\n", metrics.text)
                self.assertEqual(site.ask("POST", "/metrics").status, 405)
                self.assertEqual(site.end(number), code)
                self.assertEqual(site.rest, "")
                self.assertIn("No --provider", site.said)

    def test_a_target_in_absolute_form_is_taken_apart(self):
        with Running() as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            for target, status, text in ((site.ready["url"] + "/healthz", b"200", b"ok"), (site.ready["url"], b"200", b"Sign in"),
                                         (site.ready["url"].upper() + "/healthz", b"200", b"ok"),
                                         ("http://evil.example/", b"303", b""), ("ftp://x/", b"400", b"")):
                with socket.create_connection((where.hostname, where.port)) as client, client.makefile("rb") as stream:
                    client.sendall(f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
                    response = stream.read()
                self.assertEqual(response.split(b" ")[1], status, target)
                self.assertIn(text, response)

    def test_headers_and_bodies_are_bounded(self):
        with Running() as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            start = f"GET /healthz HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n"
            for size, status in ((8192, b"200"), (8193, b"431")):
                pad = "X: " + "x" * (size - len(start) - len("X: \r\n\r\n")) + "\r\n\r\n"
                self.assertEqual(self.raw(where, start + pad).split(b" ")[1], status, size)
            cookies = self.raw(where, start + "Cookie: a=" + "x" * 8192 + "\r\n\r\n")
            self.assertIn(b"cookies", cookies)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            self.assertEqual(site.ask("POST", "/login", form, "x" * 16384).status, 303)
            self.assertEqual(site.ask("POST", "/login", form, "x" * 16385).status, 413)

    def raw(self, where, request):
        with socket.create_connection((where.hostname, where.port)) as client, client.makefile("rb") as stream:
            client.sendall(request.encode())
            return stream.read()

    def test_a_browser_has_eight_logins_at_once(self):
        with Running() as site:
            cookie = site.ask("GET", "/").headers["Set-Cookie"].split(";")[0]
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            statuses = [site.ask("POST", "/login", headers, f"page={number}").status for number in range(9)]
            self.assertEqual(statuses, [303] * 8 + [503])

    def test_a_restart_signs_everybody_out_and_the_front_page_says_so(self):
        with Sandbox(SANDBOX, "--auto-approve", "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"], "COAUTH_CONSUMER_SECRET": provider["consumer_secret"]}
            arguments = ["--provider", provider["url"], "--ca-file", provider["ca_file"]]
            with Running(*arguments, env=keys) as site:
                self.assertIn("until this site restarts", site.ask("GET", "/").text)
                cookie, callback = self.callback(site, provider)
                session = site.ask("GET", callback, {"Cookie": cookie}).headers["Set-Cookie"].split(";")[0]
                self.assertEqual(site.ask("GET", "/profile", {"Cookie": session}).status, 200)
                site.end(signal.SIGTERM)
                self.assertRegex(site.said, r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ login outcome=granted provider=x user=\d+ address=127.0.0.1$")
            with Running(*arguments, env=keys) as site:
                self.assertEqual(site.ask("GET", "/profile", {"Cookie": session}).status, 303)

    def test_the_seventeenth_browser_of_a_user_signs_out_the_first(self):
        with Sandbox(SANDBOX, "--auto-approve", "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"], "COAUTH_CONSUMER_SECRET": provider["consumer_secret"]}
            with Running("--provider", provider["url"], "--ca-file", provider["ca_file"], env=keys) as site:
                browsers = []
                for _ in range(17):
                    cookie, callback = self.callback(site, provider)
                    browsers.append(site.ask("GET", callback, {"Cookie": cookie}).headers["Set-Cookie"].split(";")[0])
                self.assertEqual([site.ask("GET", "/profile", {"Cookie": each}).status for each in browsers], [303] + [200] * 16)

    def test_the_101st_connection_of_an_address_is_closed(self):
        with Running() as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            idle = [socket.create_connection((where.hostname, where.port), source_address=("127.0.7.1", 0)) for _ in range(101)]
            with idle.pop() as refused:
                self.assertEqual(refused.recv(1), b"")
            # The others are left alone, and so is another address.
            idle[0].sendall(f"GET /healthz HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
            self.assertTrue(idle[0].recv(100).startswith(b"HTTP/1.1 200 "))
            metrics = site.ask("GET", "/metrics").text
            self.assertIn('coauth_connections_closed_total{why="address"} 1\n', metrics)
            self.assertIn('coauth_connections_closed_total{why="full"} 0\n', metrics)
            for each in idle:
                each.close()

    def test_wrong_keys_are_told_to_the_operator_in_the_words_of_the_manual(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"], "COAUTH_CONSUMER_SECRET": "wrong-secret-of-this-test"}
            with Running("--provider", provider["url"], "--ca-file", provider["ca_file"], env=keys) as site:
                page = site.ask("POST", "/login")
                self.assertEqual(page.status, 502)
                site.end(signal.SIGTERM)
        manual = (pathlib.Path(__file__).parents[2] / "docs/04-login-server.md").read_text()
        words, = re.findall(r"```\n(leg 1: .*?)\n```", manual, re.S)
        self.assertIn(" ".join(words.split()), site.said)
        self.assertIn(" login outcome=failed cause=invalid_credentials provider=x user=- address=127.0.0.1\n", site.said)
        self.assertNotIn("wrong-secret-of-this-test", site.said + page.text)

    def test_a_second_signal_waits_for_nothing(self):
        with Running() as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            half = socket.create_connection((where.hostname, where.port))
            half.sendall(b"GET / HTTP/1.1\r\nHost:")
            # Once it is answered the first half has been read: connections are taken in order.
            site.ask("GET", "/healthz")
            site.process.send_signal(signal.SIGTERM)
            while "draining" not in site.process.stderr.readline():
                pass
            self.assertIsNone(site.process.poll())
            self.assertEqual(site.end(signal.SIGTERM), 143)
            half.close()

    def test_what_has_begun_is_finished_when_the_signal_comes(self):
        with Running() as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            client = socket.create_connection((where.hostname, where.port))
            client.sendall(b"GET / HTTP/1.1\r\nHost:")
            site.ask("GET", "/healthz")
            site.process.send_signal(signal.SIGTERM)
            while "draining" not in site.process.stderr.readline():
                pass
            client.sendall(f" {where.netloc}\r\n\r\n".encode())
            with client.makefile("rb") as stream:
                answer = stream.read()
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer[:100])
            self.assertTrue(answer.endswith(b"</html>\n"))
            self.assertEqual(site.process.wait(), 143)
            client.close()

    def test_behind_tls_cookies_are_bound_to_the_host(self):
        with Sandbox(SANDBOX, "--auto-approve=user_2", "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"],
                    "COAUTH_CONSUMER_SECRET": provider["consumer_secret"]}
            with Running("--public-url", "https://login.example", "--behind-proxy", "127.0.0.1", "--provider",
                         provider["url"], "--ca-file", provider["ca_file"], env=keys) as site:
                self.assertEqual(site.ready["url"], "https://login.example")
                site.ready["url"] = "http://127.0.0.1:%s" % self.port_of(site.process.pid)
                host = {"Host": "login.example", "X-Forwarded-For": "192.0.2.1"}
                pressed = site.ask("POST", "/login", {**host, "Origin": "https://login.example"})
                self.assertEqual(pressed.status, 303)
                cookie = pressed.headers["Set-Cookie"]
                self.assertRegex(cookie, r"^__Host-coauth_login=[\w-]{43}; Path=/; .*; Secure$")
                self.assertEqual(site.ask("POST", "/login", {**host, "Origin": "http://login.example"}).status, 403)
                self.assertEqual(site.ask("GET", "/profile", {"Host": "other.example"}).headers["Location"],
                                 "https://login.example/")

                back = Browser(provider["ca_file"]).open(pressed.headers["Location"]).location
                self.assertTrue(back.startswith("https://login.example/callback?"))
                plain = {**host, "Cookie": cookie.replace("__Host-", "").split(";")[0]}
                path = back[len("https://login.example"):]
                self.assertEqual(site.ask("GET", path, plain).status, 400)
                done = site.ask("GET", path, {**host, "Cookie": cookie.split(";")[0]})
                self.assertEqual((done.status, done.headers["Location"]), (303, "https://login.example/profile"))
                self.assertRegex(done.headers["Set-Cookie"], r"^__Host-coauth_session=[\w-]{43}; .*; Secure$")
                profile = site.ask("GET", "/profile", {**host, "Cookie": done.headers["Set-Cookie"].split(";")[0]})
                self.assertIn('<b id="account">@user_2</b>', profile.text)

    def test_a_provider_that_does_not_answer_is_given_up_at_the_deadline(self):
        with Sandbox(SANDBOX, "--auto-approve", "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"],
                    "COAUTH_CONSUMER_SECRET": provider["consumer_secret"]}

            def slow(*routes):
                control(provider, "/faults", [{"route": r, "nth": 1, "times": 99, "delay_ms": 3_000} for r in routes])

            with Running("--deadline", "0.5", "--provider", provider["url"], "--ca-file", provider["ca_file"],
                         env=keys) as site:
                slow("/oauth/request_token")
                late = site.ask("POST", "/login")
                self.assertEqual(late.status, 504)
                self.assertIn("does not answer", late.text)
                slow("/oauth/access_token")
                cookie, callback = self.callback(site, provider)
                self.assertEqual(site.ask("GET", callback, {"Cookie": cookie}).status, 504)
                slow("/2/users")
                cookie, callback = self.callback(site, provider)
                session = site.ask("GET", callback, {"Cookie": cookie}).headers["Set-Cookie"].split(";")[0]
                profile = site.ask("GET", "/profile", {"Cookie": session})
                self.assertEqual(profile.status, 200)
                self.assertIn('role="alert"', profile.text)
                site.end(signal.SIGTERM)
                self.assertEqual(site.said.count("leg 1: "), 1)
                self.assertEqual(site.said.count("leg 3: "), 1)

    def callback(self, site, provider):
        """A login up to its callback: the cookie and the callback's path and query."""
        pressed = site.ask("POST", "/login")
        back = Browser(provider["ca_file"]).open(pressed.headers["Location"]).location
        return pressed.headers["Set-Cookie"].split(";")[0], back[len(site.ready["url"]):]

    def port_of(self, pid):
        """Where it listens beside the metrics: what a proxy in front is told by its operator."""
        inodes = set()
        for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(fd))
            if found:
                inodes.add(found[1])
        rows = [row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = sorted(int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes)
        return next(port for port in ports if self.answers_health(port))

    def answers_health(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/healthz")
        text = connection.getresponse().read()
        connection.close()
        return text == b"ok\n"

    def has_seen(self, site, connections, most_open):
        metrics = dict(re.findall(r"^(coauth_connections\S*) (\d+)$", site.ask("GET", "/metrics").text, re.M))
        now = [int(value) for name, value in metrics.items() if name.startswith("coauth_connections{")]
        ever = [int(metrics[name]) for name in ("coauth_connections_accepted_total",
                                                'coauth_connections_closed_total{why="full"}',
                                                'coauth_connections_closed_total{why="address"}')]
        return sum(ever) == connections and sum(now) <= most_open

    def test_whoever_reads_its_log_may_go(self):
        with Sandbox(SANDBOX, "--auto-approve", "--log", os.devnull) as provider:
            keys = {"COAUTH_CONSUMER_KEY": provider["consumer_key"],
                    "COAUTH_CONSUMER_SECRET": provider["consumer_secret"]}
            with Running("--provider", provider["url"], "--ca-file", provider["ca_file"], env=keys) as site:
                site.process.stderr.close()
                site.process.stderr = None
                control(provider, "/faults", [{"route": "/oauth/request_token", "nth": 1, "times": 2, "status": 500}])
                for _ in range(2):
                    self.assertEqual(site.ask("POST", "/login").status, 502)
                self.assertEqual(site.ask("POST", "/login").status, 303)
            self.assertEqual(site.process.returncode, 143)

    def test_with_few_files_it_goes_on(self):
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))  # noqa: E731
        with Running(preexec_fn=few) as site:
            where = urllib.parse.urlsplit(site.ready["url"])
            crowd = [socket.create_connection((where.hostname, where.port), source_address=(f"127.0.7.{i // 50 + 1}", 0))
                     for i in range(200)]
            # While one makes room another may be refused; then half the files are places for people.
            while not self.has_seen(site, 200, most_open=32):
                pass
            self.assertEqual(site.ask("GET", "/healthz").text, "ok\n")
            for each in crowd:
                each.close()
            self.assertEqual(site.ask("POST", "/login").status, 303)


if __name__ == "__main__":
    LOGIN_SERVER, SANDBOX = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1], verbosity=2)
