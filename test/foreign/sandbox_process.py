"""Starts coauth-sandbox for a test and stops it afterwards."""
import json
import subprocess


class Sandbox:
    """with Sandbox(program, "--auto-approve") as ready: ready["url"] ..."""

    def __init__(self, program, *arguments):
        self.command = [program, *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait()
        assert code in (0, 143), f"coauth-sandbox ended with {code}"
