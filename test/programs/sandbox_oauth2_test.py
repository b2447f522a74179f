#!/usr/bin/python3
"""OAuth 2 at a running coauth-sandbox: what its ready line, its control port, its seed and its log promise.

usage: sandbox_oauth2_test.py COAUTH_SANDBOX
"""
import base64
import hashlib
import json
import os
import secrets
import sys
import tempfile
from urllib.parse import parse_qs, urlencode, urlsplit

from sandbox_process import Browser, Sandbox, control

PROGRAM = sys.argv[1]
REDIRECT = "http://127.0.0.1:1/callback"


class Client:
    """A client with PKCE; with a secret if it is given one."""

    def __init__(self, ready, authorize, token, client_id, secret=None, scope=None):
        self.browser = Browser(ready["ca_file"])
        self.authorize, self.token, self.client_id, self.secret, self.scope = authorize, token, client_id, secret, scope
        self.verifier = secrets.token_urlsafe(32)

    def request(self, **changes):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        request = {"response_type": "code", "client_id": self.client_id, "redirect_uri": REDIRECT, "state": "state",
                   "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="), "code_challenge_method": "S256"}
        if self.scope:
            request["scope"] = self.scope
        return {**request, **changes}

    def decide(self, decision="allow", user="user_2", **changes):
        """The parameters of the callback."""
        response = self.browser.open(self.authorize, {**self.request(**changes), "user": user, decision: "1"})
        assert response.status == 303, (response.status, response.text)
        assert response.location.startswith(REDIRECT + "?"), response.location
        return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}

    def post(self, url, headers=None, **form):
        return self.browser.open(url, {"client_id": self.client_id, **form}, headers or {})

    def exchange(self, code, **changes):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": self.verifier}
        headers = {"Accept": "application/json"}
        if self.secret:
            pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        return self.post(self.token, headers, **{**form, **changes})

    def log_in(self, **changes):
        response = self.exchange(self.decide(**changes)["code"])
        assert response.status == 200, response.text
        return json.loads(response.text)

    def get(self, url, token):
        return self.browser.open(url, headers={"Authorization": f"Bearer {token}", "User-Agent": "test"})


def discovered(ready, name):
    issuer = ready["providers"][name]["issuer"]
    assert issuer.startswith(ready["url"] + "/"), issuer
    document = json.loads(Browser(ready["ca_file"]).open(issuer + "/.well-known/openid-configuration").text)
    assert document["issuer"] == issuer, document
    return document


def by_discovery(ready, name):
    document = discovered(ready, name)
    return document, Client(ready, document["authorization_endpoint"], document["token_endpoint"],
                            ready["public_client_id"], scope="openid email")


def the_ready_line_leads_to_each_provider():
    with Sandbox(PROGRAM, "--log", os.devnull) as ready:
        bases = ready["providers"]
        assert list(bases) == ["x", "google", "github", "facebook", "oidc"], bases
        for name in ("google", "oidc"):
            document, client = by_discovery(ready, name)
            token = client.log_in()["access_token"]
            info = json.loads(client.get(document["userinfo_endpoint"], token).text)
            assert info["email"] == "user_2@example.com" and info["email_verified"] is True, info
            assert client.decide("deny") == {"error": "access_denied", "state": "state", "iss": document["issuer"],
                                             "error_description": "The user has denied your application access."}
        both = {"client_id": ready["client_id"], "secret": ready["client_secret"]}
        x = Client(ready, bases["x"]["authorize_base"] + "/i/oauth2/authorize", bases["x"]["api_base"] + "/2/oauth2/token", **both)
        profile = json.loads(x.get(bases["x"]["api_base"] + "/2/users/me", x.log_in()["access_token"]).text)
        assert profile["data"]["username"] == "user_2", profile
        github = Client(ready, bases["github"]["login_base"] + "/login/oauth/authorize",
                        bases["github"]["login_base"] + "/login/oauth/access_token", **both)
        profile = json.loads(github.get(bases["github"]["api_base"] + "/user", github.log_in()["access_token"]).text)
        assert profile["login"] == "user_2" and isinstance(profile["id"], int), profile
        facebook = Client(ready, bases["facebook"]["dialog_base"] + "/v25.0/dialog/oauth",
                          bases["facebook"]["graph_base"] + "/v25.0/oauth/access_token", ready["public_client_id"])
        profile = json.loads(facebook.get(bases["facebook"]["graph_base"] + "/v25.0/me", facebook.log_in()["access_token"]).text)
        assert profile["id"] and profile["name"], profile


def the_control_port_rotates_keys_and_expires_tokens():
    with Sandbox(PROGRAM, "--log", os.devnull) as ready:
        document, client = by_discovery(ready, "oidc")
        tokens = client.log_in()
        first = json.loads(client.browser.open(document["jwks_uri"]).text)["keys"]
        assert control(ready, "/keys/rotate", {}) == {"ok": True}
        second = json.loads(client.browser.open(document["jwks_uri"]).text)["keys"]
        assert len(first) == 1 and len(second) == 2 and second[1] == first[0], (first, second)
        assert client.get(document["userinfo_endpoint"], tokens["access_token"]).status == 200
        assert control(ready, "/tokens/expire", {"user": "user_2"}) == {"ok": True, "expired": 1}
        assert client.get(document["userinfo_endpoint"], tokens["access_token"]).status == 401
        renewed = client.post(document["token_endpoint"], grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        token = json.loads(renewed.text)["access_token"]
        assert client.get(document["userinfo_endpoint"], token).status == 200
        # Logins end at a reset, tokens don't.
        code = client.decide()["code"]
        control(ready, "/reset", {})
        assert json.loads(client.exchange(code).text)["error"] == "invalid_grant"
        assert client.get(document["userinfo_endpoint"], token).status == 200


def only_auto_approve_allows_without_a_user():
    for arguments, status in (((), 200), (("--auto-approve=user_3",), 303)):
        with Sandbox(PROGRAM, *arguments, "--log", os.devnull) as ready:
            _, client = by_discovery(ready, "oidc")
            response = client.browser.open(client.authorize + "?" + urlencode(client.request(auto="1")))
            assert response.status == status, response.text


def a_seed_brings_clients_and_the_log_says_why():
    seed = {"oauth2_clients": [{"client_id": "mine", "client_secret": None, "auth": "none", "redirect_uris": [REDIRECT + "2"]}],
            "users": [{"id": "11", "username": "ada", "email": "ada@example.com", "email_verified": False, "locale": "fr"}]}
    with tempfile.TemporaryDirectory() as folder:
        path, log = os.path.join(folder, "seed.json"), os.path.join(folder, "log")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(seed, file)
        with Sandbox(PROGRAM, "--seed", path, "--log", log) as ready:
            document, client = by_discovery(ready, "oidc")
            token = client.log_in(user="ada")["access_token"]
            assert json.loads(client.get(document["userinfo_endpoint"], token).text)["email_verified"] is False
            code = client.decide(user="ada")["code"]
            assert client.exchange(code, code_verifier="w" * 43).status == 400
            client.client_id = "mine"
            refused = client.browser.open(client.authorize + "?" + urlencode(client.request()))
            assert refused.status == 400 and refused.location is None, refused.location
        with open(log, encoding="utf-8") as file:
            lines = file.read()
        challenge = client.request()["code_challenge"]
        assert "refused:wrong_verifier - the code_verifier's S256 is " in lines and f"the challenge was {challenge}" in lines, lines
        assert "refused:bad_redirect_uri" in lines and "is not registered" in lines, lines
        for hidden in (token, code, client.verifier, "w" * 43):
            assert hidden not in lines, lines


def main():
    the_ready_line_leads_to_each_provider()
    the_control_port_rotates_keys_and_expires_tokens()
    only_auto_approve_allows_without_a_user()
    a_seed_brings_clients_and_the_log_says_why()
    print("OAuth 2 at the sandbox: each provider, keys, expiry, clients of a seed, and refusals that say why")


if __name__ == "__main__":
    main()
