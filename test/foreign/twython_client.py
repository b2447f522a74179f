#!/usr/bin/python3
"""python3-twython, unmodified, signs in at coauth-sandbox in mode x: both its token calls are GET.

usage: twython_client.py COAUTH_SANDBOX
"""
import sys
from urllib.parse import parse_qs, urlsplit

from twython import Twython

from sandbox_process import Browser, Sandbox


class SandboxTwython(Twython):
    """Twython has its provider's address built in, so it is put in after the constructor."""

    def __init__(self, ready, *tokens):
        super().__init__(ready["consumer_key"], ready["consumer_secret"], *tokens)
        self.api_url = ready["url"] + "/%s"
        self.request_token_url = self.api_url % "oauth/request_token"
        self.access_token_url = self.api_url % "oauth/access_token"
        self.authenticate_url = self.api_url % "oauth/authenticate"
        self.client.trust_env = False  # an authority named by the environment would replace the sandbox's
        self.client.verify = ready["ca_file"]


def sign_in(ready, callback):
    begun = SandboxTwython(ready).get_authentication_tokens(callback_url=callback)
    assert begun["oauth_callback_confirmed"] == "true", begun
    page = Browser(ready["ca_file"]).open(begun["auth_url"])
    if callback:
        assert page.location.startswith(callback), page.location
        verifier = parse_qs(urlsplit(page.location).query)["oauth_verifier"][0]
    else:  # without a callback, and with none registered, the page shows a PIN
        verifier = page.text.split("<code>")[1].split("</code>")[0]
    third = SandboxTwython(ready, begun["oauth_token"], begun["oauth_token_secret"])
    access = third.get_authorized_tokens(verifier)
    user = SandboxTwython(ready, access["oauth_token"], access["oauth_token_secret"])
    assert user.verify_credentials()["screen_name"] == access["screen_name"] == "user_1", access


def main():
    with Sandbox(sys.argv[1], "--auto-approve", "--mode", "x") as ready:
        sign_in(ready, "http://127.0.0.1:9/cb")
        sign_in(ready, None)
    print("twython: three legs with GET, by callback and without one, and a profile")


if __name__ == "__main__":
    main()
