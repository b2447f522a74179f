"""The databases that programs keep things in, and several processes of one site. For stores_test.py, whose arguments it reads."""
import contextlib
import http.client
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from urllib.parse import urlsplit

from oauth2_world import Site, decide, environment

SIGN_IN, LOGIN_SERVER, ENRICH_PROFILES, GREETER_BOT, STORE_KEYS, RENEWING_CALLS, SANDBOX = (sys.argv.pop(1) for _ in range(7))
HAS_REDIS = sys.argv[1:2] == ["redis"]
if HAS_REDIS:
    sys.argv.pop(1)
PUBLIC = "http://localhost:18181"  # what the proxy in front of several processes would be called


def run(*command, code=0, env=None, **more):
    done = subprocess.run(command, capture_output=True, text=True, env=environment(env or {}), **more)
    assert done.returncode == code, f"{command}: exit code {done.returncode}, not {code}: {done.stdout}{done.stderr}"
    return done


@contextlib.contextmanager
def redis(*options):
    """A Redis of its own, on a Unix socket."""
    if not shutil.which("redis-server"):
        raise AssertionError("redis-server is not installed; examples/setup.sh tests installs it")
    with tempfile.TemporaryDirectory() as folder:
        socket = folder + "/redis.sock"
        process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "",
                                    "--daemonize", "no", *options], stdout=subprocess.PIPE, text=True)
        try:
            for line in process.stdout:
                if "accept connections" in line:
                    break
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield "redis+unix:" + socket
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def each_store():
    """The flags for each database, with a key file."""
    with tempfile.TemporaryDirectory() as folder, redis() if HAS_REDIS else contextlib.nullcontext() as address:
        key_file = folder + "/keys"
        run(STORE_KEYS, "make", key_file)
        yield [["--store", store, "--key-file", key_file]
               for store in ("sqlite:" + folder + "/site.db", *([address] if HAS_REDIS else []))]


class Process(Site):
    """One of several processes of one site, behind the address PUBLIC."""

    def __init__(self, ready, store, *arguments, env=None):
        super().__init__(LOGIN_SERVER, ready, "x,github", "--public-url", PUBLIC, *store, *arguments)
        self.environment |= env or {}

    def __enter__(self):
        super().__enter__()
        inodes = {re.sub(r"\D", "", os.readlink(fd)) for fd in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()
                  if "socket:" in os.readlink(fd)}
        rows = [row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = [int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes]
        self.port = next(port for port in ports if self.ask(port, "GET", "/healthz").status == 200)
        return self

    @staticmethod
    def ask(port, method, target, jar=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": urlsplit(PUBLIC).netloc, "Sec-Fetch-Site": "same-origin",
                   "Cookie": "; ".join(f"{name}={value}" for name, value in (jar or {}).items())}
        connection.request(method, target, headers=headers)
        page = connection.getresponse()
        page.text = page.read().decode()
        connection.close()
        for cookie in page.headers.get_all("Set-Cookie", []) if jar is not None else []:
            name, _, value = cookie.split(";")[0].partition("=")
            jar[name] = value
        return page

    def open(self, method, target, jar):
        return self.ask(self.port, method, target, jar)


def callback_of(ready, page):
    back = decide(ready, page)
    assert back.startswith(PUBLIC + "/callback"), back
    return back[len(PUBLIC):].split("#")[0]
