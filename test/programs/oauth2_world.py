"""Users who sign in by OAuth 2 with each provider that coauth-sandbox plays, through the programs under test."""
import http.client
import json
import os
import re
import subprocess
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sandbox_process import Browser, control

FACES = ["x", "google", "github", "facebook", "oidc"]
TITLES = {"x": "X", "google": "Google", "github": "GitHub", "facebook": "Facebook", "oidc": "OpenID"}
TOKENS = r"ya29\.|gho_|EAA[A-Za-z0-9]|eyJ[\w-]+\.eyJ"  # what access tokens and ID tokens begin with here


def keys(ready, public=False, secret=None):
    """The keys of the app at each provider."""
    values = {"COAUTH_CONSUMER_KEY": ready["consumer_key"], "COAUTH_CONSUMER_SECRET": ready["consumer_secret"]}
    for face in FACES:
        values[f"COAUTH_{face.upper()}_CLIENT_ID"] = ready["public_client_id" if public else "client_id"]
        values[f"COAUTH_{face.upper()}_CLIENT_SECRET"] = "" if public else secret or ready["client_secret"]
    return values


def address(ready, face):
    """What --provider takes."""
    bases = ready["providers"][face]
    both = {"x": ["api_base"], "github": ["login_base", "api_base"], "facebook": ["dialog_base", "graph_base"]}
    return face + "=" + ",".join(bases[name] for name in both.get(face, ["issuer"]))


def environment(values):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COAUTH_")}
    return {**kept, **values}


def decide(ready, url, decision="allow", user="user_2"):
    """What a user does on the consent page; returns where the browser goes next."""
    browser = Browser(ready["ca_file"])
    assert browser.open(url).status == 200, browser.open(url).text
    form = {**dict(parse_qsl(urlsplit(url).query)), "user": user, decision: "1"}
    return browser.open(url.split("?")[0], form, {"Origin": ready["url"]}).location


def exchanges(ready):
    """How many requests have come to token endpoints."""
    return sum("grant_type" in entry["target"] or re.search(r"/token$|/access_token$", entry["target"].split("?")[0]) is not None
               for entry in control(ready, "/journal"))


class SignIn:
    """A sign_in that runs: the address it printed, and what comes after. With an embedded sandbox if `ready` is None."""

    def __init__(self, program, ready, face, *arguments, public=False, secret=None):
        command = [program, "--json", "--with", face, *(["--oauth2"] if face == "x" else []), *arguments]
        if ready:
            command += ["--provider", address(ready, face), *(["--ca-file", ready["ca_file"]] if "ca_file" in ready else [])]
        self.known = [ready["client_secret"]] if ready else ["secret-not-a-real-one"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment(keys(ready, public, secret) if ready else {}))
        self.first_line = self.process.stdout.readline().strip()

    def end(self):
        out, self.err = self.process.communicate()
        self.code = self.process.returncode
        said = (self.first_line + out + self.err)
        assert not re.search(TOKENS, said), said
        for hidden in self.known:
            assert hidden not in said, said
        return json.loads((out or self.first_line).strip().splitlines()[-1])

    def come_back(self, callback):
        """The browser comes back; neither the code nor its page is to be seen later."""
        code = parse_qs(urlsplit(callback).query).get("code")
        self.known += code or []
        return Browser().open(callback).status


class Site:
    """with Site(LOGIN_SERVER, ready, "x,google") as site: a login_server, as an app of that sandbox, or with its own if `ready` is None."""

    def __init__(self, program, ready, names=None, *arguments):
        self.command = [program, "--listen", "127.0.0.1:0", *(["--with", names] if names else []), *arguments]
        if ready:
            for face in names.split(",") if names else FACES:
                self.command += ["--provider", address(ready, face)]
            self.command += ["--ca-file", ready["ca_file"]]
        self.environment = environment(keys(ready) if ready else {})

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        self.url = json.loads(self.process.stdout.readline())["url"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.out, self.err = self.process.communicate()
        assert self.process.returncode == 143, self.err
        assert not re.search(TOKENS + "|secret-not-a-real-one", self.out + self.err), self.err


class Visitor:
    """A browser with cookies at a site."""

    def __init__(self, site):
        self.site, self.jar, self.codes = site, {}, []

    def open(self, method, target, body=None):
        where = urlsplit(self.site.url)
        connection = http.client.HTTPConnection(where.hostname, where.port)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()), "Sec-Fetch-Site": "same-origin",
                   "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, target, body, headers if method == "POST" else {"Cookie": headers["Cookie"]})
        page = connection.getresponse()
        page.text = page.read().decode()
        connection.close()
        for cookie in page.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.jar[name] = value
        return page

    def begin(self, face, query=""):
        """Presses the button; returns the provider's page."""
        pressed = self.open("POST", f"/login/{face}{query}")
        assert pressed.status == 303, pressed.text
        return pressed.headers["Location"]

    def callback(self, ready, face, decision="allow", user="user_2", query=""):
        """The path of the callback after a decision."""
        back = decide(ready, self.begin(face, query), decision, user)
        self.codes += parse_qs(urlsplit(back).query).get("code", [])
        assert back.startswith(self.site.url + "/callback"), back
        return back[len(self.site.url):].split("#")[0]
