"""Users who write to greeter_bot at a sandbox, and the bot as they and its owner see it."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from sandbox_process import Browser, Sandbox, control

GREETER_BOT, SANDBOX, SIGNED_REQUEST, DIE_AT_CALL = (sys.argv.pop(1) for _ in range(4))

USERS = {"greeter": "11", "ada": "12", "bob": "13", "cyd": "14"}
POST_ROUTE = {"2": "/2/tweets", "1.1": "/1.1/statuses/update.json"}
OWN_ROUTE = {"2": "/2/users/:id/tweets", "1.1": "/1.1/statuses/user_timeline.json"}
MENTIONS_ROUTE = {"2": "/2/users/:id/mentions", "1.1": "/1.1/statuses/mentions_timeline.json"}
NO_LIMITS = [part for route in [*POST_ROUTE.values(), *OWN_ROUTE.values(), *MENTIONS_ROUTE.values(),
                                    "/2/users/me", "/1.1/account/verify_credentials.json"]
             for part in ("--rate-limit", route + "=0/0")]


def seed(tweets):
    return {"users": [{"id": number, "username": name} for name, number in USERS.items()],
            "access_tokens": [{"token": number + "-token", "secret": "token-secret", "user_id": number}
                              for number in USERS.values()],
            "bearer_tokens": [{"token": "reader"}], "tweets": tweets}


def wait_until(true, what):
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("never: " + what)


class World:
    """A sandbox with the users above, and a folder for the state."""

    def __init__(self, ready, folder):
        self.ready, self.folder = ready, pathlib.Path(folder)
        self.state_file = self.folder / "state.json"

    def environment(self, who=None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COAUTH_")}
        kept |= {"COAUTH_CONSUMER_KEY": self.ready["consumer_key"], "COAUTH_CONSUMER_SECRET": self.ready["consumer_secret"]}
        if who:
            kept |= {"COAUTH_TOKEN": USERS[who] + "-token", "COAUTH_TOKEN_SECRET": "token-secret"}
        return kept

    def signed(self, environment, *arguments):
        done = subprocess.run([SIGNED_REQUEST, "--provider", self.ready["url"], "--ca-file", self.ready["ca_file"], *arguments],
                              capture_output=True, text=True, check=True, env=environment)
        return json.loads(done.stdout)

    def write(self, who, text):
        """Someone posts; returns the id."""
        answer = self.signed(self.environment(who), "POST", "/2/tweets", "--body", json.dumps({"text": text}))
        return answer["data"]["id"]

    def start(self, *arguments, who="greeter", preload=None, provider=None, state=None, **more):
        """The bot, with the token in the environment; with who=None it signs in."""
        environment = self.environment(who) | (preload or {})
        return subprocess.Popen(
            [GREETER_BOT, "--provider", provider or self.ready["url"], "--ca-file", self.ready["ca_file"],
             "--state", str(state or self.state_file), "--json", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **more)

    def run(self, *arguments, code=0, **more):
        """One round. Returns what it printed, each line read as JSON."""
        process = self.start("--once", *arguments, **more)
        out, self.err = process.communicate()
        if process.returncode != code:
            raise AssertionError(f"exit code {process.returncode}, not {code}: {out}{self.err}")
        return [json.loads(line) for line in out.splitlines()]

    def sign_in(self, process):
        """The user opens the address and types the PIN."""
        page = Browser(self.ready["ca_file"]).open(process.stdout.readline().strip())
        process.stdin.write(page.text.split("<code>")[1].split("</code>")[0] + "\n")
        process.stdin.flush()

    def state(self):
        return json.loads(self.state_file.read_text())

    def write_old_state(self, token, secret):
        """The state as version 1 wrote it, with the token in it."""
        old = self.state() | {"version": 1, "token": token, "token_secret": secret}
        self.state_file.write_text(json.dumps(old))

    def journal(self):
        return control(self.ready, "/journal")

    def calls(self, route):
        return sum(entry["route"] == route and entry["user"] == "greeter" for entry in self.journal())

    def faults(self, *faults):
        control(self.ready, "/faults", list(faults))

    def replies(self):
        """By mention, the texts that the greeter answered."""
        found, token = {}, ""
        while True:
            page = Browser(self.ready["ca_file"]).open(
                f"{self.ready['url']}/2/users/11/tweets?max_results=100&tweet.fields=referenced_tweets{token}",
                headers={"Authorization": "Bearer reader"})
            answer = json.loads(page.text)
            for tweet in answer.get("data", []):
                for reference in tweet.get("referenced_tweets", []):
                    found.setdefault(reference["id"], []).append(tweet["text"])
            if "next_token" not in answer["meta"]:
                return found
            token = "&pagination_token=" + answer["meta"]["next_token"]


@contextlib.contextmanager
def world(*arguments, tweets=()):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "seed.json")
        path.write_text(json.dumps(seed(list(tweets))))
        with Sandbox(SANDBOX, "--auto-approve=greeter", "--seed", str(path), "--log", os.devnull,
                     *(arguments or NO_LIMITS)) as ready:
            yield World(ready, folder)
