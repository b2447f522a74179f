"""Starts login_server for a test, and looks at it from outside."""
import json
import os
import re
import subprocess
import tempfile
import urllib.request


DEADLINE = 100  # s, for each call to the provider


def processor_seconds(pid):
    """What the process has used of the processors so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return round((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 1)


class LoginServer:
    """with LoginServer(program, ready) as site: site.url ..., where `ready` is what the sandbox printed."""

    def __init__(self, program, ready, *arguments):
        # On a slow machine a call takes long; that is not a failure of the provider.
        self.command = [program, "--deadline", str(DEADLINE), "--provider", ready["url"], "--ca-file",
                        ready["ca_file"], "--listen", "127.0.0.1:0", *arguments]
        self.keys = {"COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env={**os.environ, **self.keys})
        ready = json.loads(self.process.stdout.readline())
        self.url, self.metrics_url = ready["url"], ready["metrics"]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()
        self.log.seek(0)
        said = self.log.read()
        self.log.close()
        assert self.process.returncode == 143, f"login_server ended with {self.process.returncode}: {said[-2000:]}"

    def used(self):
        """{"cpu_s": so far, "VmHWM": MiB at most so far, "VmRSS": MiB now}"""
        with open(f"/proc/{self.process.pid}/status") as status:
            found = re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB", status.read(), re.M)
        return {"cpu_s": processor_seconds(self.process.pid),
                **{name: round(int(size) / 1024, 1) for name, size in found}}

    def files(self):
        """How many files it has open, and how many it may."""
        with open(f"/proc/{self.process.pid}/limits") as limits:
            most = int(re.search(r"^Max open files\s+(\d+)", limits.read(), re.M)[1])
        return len(os.listdir(f"/proc/{self.process.pid}/fd")), most

    def metrics(self):
        """{'coauth_connections{state="idle"}': 3, ...}"""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.metrics_url + "/metrics") as response:
            lines = response.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}

    def connections(self):
        return sum(value for name, value in self.metrics().items() if name.startswith("coauth_connections{"))
