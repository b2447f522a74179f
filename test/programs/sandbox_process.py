"""Starts coauth-sandbox for a test, and plays a user's browser on it."""
import json
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request


class Sandbox:
    """with Sandbox(program, "--auto-approve") as ready: ready["url"] ..."""

    def __init__(self, program, *arguments):
        self.command = [program, "--exit-with-parent", *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()
        assert self.process.returncode in (0, 143), f"coauth-sandbox ended with {self.process.returncode}"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Response:
    def __init__(self, response):
        self.status = response.status
        self.location = response.headers.get("Location")
        self.headers = response.headers
        self.text = response.read().decode()


class Browser:
    """Opens pages and sends forms; follows no redirect by itself, keeps no cookies."""

    def __init__(self, ca_file=None, unverified=False):
        handlers = [urllib.request.ProxyHandler({}), NoRedirect()]
        if unverified:
            handlers.append(urllib.request.HTTPSHandler(context=ssl._create_unverified_context()))
        if ca_file:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)))
        self.opener = urllib.request.build_opener(*handlers)

    def open(self, url, form=None, headers=None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(urllib.request.Request(url, data, headers or {})) as response:
                return Response(response)
        except urllib.error.HTTPError as error:
            return Response(error)


def control(ready, path, body=None):
    """Calls the sandbox's control port."""
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            urllib.request.Request(ready["control"] + path, data, {"Content-Type": "application/json"})) as response:
        text = response.read().decode()
        return json.loads(text) if text else None
