#!/usr/bin/python3
"""An OAuth 1.0a provider made with python3-oauthlib, to which `sign_in` signs in.

usage: oauthlib_provider.py SIGN_IN

oauthlib checks every signature, timestamp, nonce, callback and verifier by its own code. The person
is played by this script: it opens the address that `sign_in` prints.
"""
import json
import os
import secrets
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

from oauthlib.oauth1 import RequestValidator, WebApplicationServer

CONSUMER, CONSUMER_SECRET = "consumer-of-oauthlib", "secret+of/oauthlib=&%"


class Validator(RequestValidator):
    enforce_ssl = False  # loopback
    client_key_length = request_token_length = access_token_length = (5, 60)
    nonce_length = (20, 60)
    verifier_length = (5, 60)
    timestamp_lifetime = 300
    dummy_client = dummy_request_token = dummy_access_token = "dummy-dummy"
    realms = []

    def __init__(self):
        self.request_tokens, self.access_tokens, self.nonces, self.exchanges = {}, {}, set(), 0

    def check_client_key(self, key):
        return len(key) < 60

    check_nonce = check_request_token = check_access_token = check_verifier = check_client_key

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        seen = (client_key, timestamp, nonce, request_token, access_token)
        fresh = seen not in self.nonces
        self.nonces.add(seen)
        return fresh

    def validate_client_key(self, key, request):
        return key == CONSUMER

    def get_client_secret(self, key, request):
        return CONSUMER_SECRET

    def validate_requested_realms(self, *_):
        return True

    def get_default_realms(self, *_):
        return []

    def validate_realms(self, *_args, **_kw):
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri.startswith("http://127.0.0.1:")

    def get_redirect_uri(self, token, request):
        return self.request_tokens[token]["callback"]

    def get_realms(self, token, request):
        return []

    def save_request_token(self, token, request):
        self.request_tokens[token["oauth_token"]] = {"secret": token["oauth_token_secret"], "callback": request.redirect_uri}

    def verify_request_token(self, token, request):
        return token in self.request_tokens

    def validate_request_token(self, client_key, token, request):
        return token in self.request_tokens

    def get_request_token_secret(self, client_key, token, request):
        return self.request_tokens.get(token, {}).get("secret", "dummy")

    def verify_realms(self, *_):
        return True

    def save_verifier(self, token, verifier, request):
        self.request_tokens[token]["verifier"] = verifier["oauth_verifier"]

    def validate_verifier(self, client_key, token, verifier, request):
        return secrets.compare_digest(self.request_tokens.get(token, {}).get("verifier", ""), verifier)

    def invalidate_request_token(self, client_key, token, request):
        del self.request_tokens[token]

    def save_access_token(self, token, request):
        self.exchanges += 1
        self.access_tokens[token["oauth_token"]] = token["oauth_token_secret"]

    def validate_access_token(self, client_key, token, request):
        return token in self.access_tokens

    def get_access_token_secret(self, client_key, token, request):
        return self.access_tokens.get(token, "dummy")


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    validator = Validator()
    server_side = WebApplicationServer(validator)

    def log_message(self, *_):
        pass

    def respond(self, status, body, headers=None):
        data = (body or "").encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_call(self):
        url = f"http://{self.headers['Host']}{self.path}"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.split("?")[0]
        call = dict(http_method=self.command, body=body, headers=dict(self.headers))
        if path == "/oauth/request_token":
            headers, text, status = self.server_side.create_request_token_response(url, **call)
            return self.respond(status, text, headers)
        if path in ("/oauth/authorize", "/oauth/authenticate"):
            headers, text, status = self.server_side.create_authorization_response(url, **call)
            return self.respond(status, text, headers)
        if path == "/oauth/access_token":
            extra = {"user_id": "6253282", "screen_name": "oauthlib"}
            headers, text, status = self.server_side.create_access_token_response(url, credentials=extra, **call)
            return self.respond(status, text, headers)
        genuine, _ = self.server_side.validate_protected_resource_request(url, realms=[], **call)
        if not genuine:
            return self.respond(401, json.dumps({"errors": [{"code": 32, "message": "Could not authenticate you."}]}))
        if path == "/1.1/users/show.json":
            user = {"id": 6253282, "id_str": "6253282", "screen_name": "oauthlib", "name": "Foreign Provider"}
            return self.respond(200, json.dumps(user), {"Content-Type": "application/json"})
        if path == "/2/users/me":
            user = {"data": {"id": "6253282", "username": "oauthlib", "name": "Foreign Provider"}}
            return self.respond(200, json.dumps(user), {"Content-Type": "application/json"})
        return self.respond(404, "")

    do_GET = do_POST = handle_call


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def open_page(url):
    """Opens a page without following redirects; returns (Location, body)."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    try:
        with opener.open(url) as page:
            return None, page.read().decode()
    except urllib.error.HTTPError as redirect:
        return redirect.headers.get("Location"), redirect.read().decode()


def sign_in(program, provider, arguments, environment):
    process = subprocess.Popen([program, "--provider", provider, "--json", *arguments], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    address = process.stdout.readline().strip()
    if not address.startswith(provider):
        return process, address
    location, body = open_page(address)
    if "oob" in arguments:
        # oauthlib shows the verifier as a form-encoded body.
        verifier = dict(p.split("=") for p in body.split("&"))["oauth_verifier"]
        process.stdin.write(verifier + "\n")
        process.stdin.flush()
    else:
        open_page(location)
    return process, address


def main():
    program = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = f"http://127.0.0.1:{server.server_port}"
    keys = dict(os.environ, COAUTH_CONSUMER_KEY=CONSUMER, COAUTH_CONSUMER_SECRET=CONSUMER_SECRET)

    for arguments in (["--api", "2"], ["--api", "1.1"], ["--callback", "oob"], ["--callback", "oob", "--api", "1.1"]):
        process, _ = sign_in(program, provider, arguments, keys)
        out, err = process.communicate()
        assert process.returncode == 0, (arguments, out, err)
        profile = json.loads(out.splitlines()[-1])
        assert profile["username"] == "oauthlib" and profile["id"] == "6253282", profile
        assert profile["picture"] is None and "followers_count" in profile, profile
    assert Provider.validator.exchanges == 4, Provider.validator.exchanges

    wrong = dict(keys, COAUTH_CONSUMER_SECRET="wrong")
    process, first_line = sign_in(program, provider, [], wrong)
    out, err = process.communicate()
    assert process.returncode == 1, (out, err)
    problem = json.loads((first_line + out).splitlines()[-1])
    assert problem["error"]["code"] == "invalid_credentials", problem
    print("sign_in at a provider made with oauthlib: callback and PIN, both APIs; a wrong secret is named")


if __name__ == "__main__":
    main()
