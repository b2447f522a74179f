#!/usr/bin/python3
"""What docs/sandbox.md promises of logins and refusals, on a running coauth-sandbox.

usage: sandbox_logins_test.py COAUTH_SANDBOX
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import socket
import ssl
import sys
import tempfile
import time
from urllib.parse import parse_qs, quote, urlsplit

from sandbox_process import Browser, Sandbox, control

PROGRAM = sys.argv[1]


def encoded(text):
    return quote(text, safe="-._~")


class Client:
    """Signs by hand, so that each part can be wrong."""

    def __init__(self, ready, host=None):
        self.ready = ready
        self.address = ready["url"].removeprefix("https://")
        self.host = host or self.address
        self.browser = Browser(ready["ca_file"])

    def send(self, method, path, token=None, query="", callback=None, verifier=None, secret=None, **changes):
        oauth = {"oauth_consumer_key": self.ready["consumer_key"], "oauth_nonce": secrets.token_hex(16),
                 "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": str(int(time.time()))}
        oauth.update({name: value for name, value in (("oauth_callback", callback), ("oauth_verifier", verifier)) if value})
        if token:
            oauth["oauth_token"] = token["oauth_token"]
        oauth.update(changes)
        signed = [(encoded(name), encoded(value)) for name, value in oauth.items()]
        signed += [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
        joined = "&".join(f"{name}={value}" for name, value in sorted(signed))
        base = "&".join(encoded(part) for part in (method, f"https://{self.host}{path}", joined))
        key = encoded(secret or self.ready["consumer_secret"]) + "&" + encoded(token["oauth_token_secret"] if token else "")
        oauth["oauth_signature"] = base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
        header = "OAuth " + ", ".join(f'{name}="{encoded(value)}"' for name, value in oauth.items())
        connection = http.client.HTTPSConnection(self.address, context=ssl.create_default_context(cafile=self.ready["ca_file"]))
        connection.request(method, path + ("?" + query if query else ""), headers={"Authorization": header, "Host": self.host})
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def begin(self, callback="oob", method="POST"):
        response = self.send(method, "/oauth/request_token", callback=callback)
        assert response.status == 200, response.text
        assert response.headers["Content-Type"] == "text/html;charset=utf-8", response.headers
        return {name: values[0] for name, values in parse_qs(response.text).items()}

    def submit(self, login, page="/oauth/authorize", **fields):
        return self.browser.open(self.ready["url"] + page, {"oauth_token": login["oauth_token"], **fields})

    def pin(self, login):
        return re.search(r"<code>(\d{7})</code>", self.submit(login, user="user_2", allow="1").text).group(1)

    def last(self):
        return control(self.ready, "/journal")[-1]


def pages(ready):
    client = Client(ready)
    login = client.begin("http://127.0.0.1:9/cb?a=b")
    assert login["oauth_callback_confirmed"] == "true"
    shown = client.browser.open(f"{ready['url']}/oauth/authorize?oauth_token={login['oauth_token']}").text
    assert "<script" not in shown and 'name="user"' in shown and 'name="deny"' in shown
    allowed = client.submit(login, page="/oauth/authenticate", user="user_2", allow="1")
    query = parse_qs(urlsplit(allowed.location).query)
    assert allowed.status == 302 and allowed.location.startswith("http://127.0.0.1:9/cb?a=b&"), allowed.location
    assert sorted(query) == ["a", "oauth_token", "oauth_verifier"], query
    cookie = {"Cookie": allowed.headers["Set-Cookie"].split(";")[0]}
    for path, more, status in (("authenticate", "", 302), ("authenticate", "&force_login=true", 200), ("authorize", "", 200)):
        again = client.begin("http://127.0.0.1:9/cb")
        opened = client.browser.open(f"{ready['url']}/oauth/{path}?oauth_token={again['oauth_token']}{more}", headers=cookie)
        assert opened.status == status, (path, more, opened.status)
    denied = client.begin("http://127.0.0.1:9/cb?a=b")
    back = client.submit(denied, deny="1")
    assert back.location == "http://127.0.0.1:9/cb?a=b&denied=" + denied["oauth_token"], back.location


def logins_that_cannot_go_on(ready, log):
    client = Client(ready)
    used, denied = client.begin(), client.begin()
    client.pin(used)
    client.submit(denied, deny="1")
    for query, part in (("", "has no oauth_token"), ("?oauth_token=x", "is unknown"),
                        (f"?oauth_token={used['oauth_token']}", "was used"), (f"?oauth_token={denied['oauth_token']}", "was denied")):
        page = client.browser.open(ready["url"] + "/oauth/authorize" + query)
        assert page.status == 403 and part in page.text, (query, page.text)
        assert part in client.last()["explanation"], client.last()
        with open(log, encoding="utf-8") as lines:
            assert part in lines.read().splitlines()[-1]
    login = client.begin()
    pin = client.pin(login)
    for _ in range(5):
        wrong = client.send("POST", "/oauth/access_token", login, verifier=pin + "0")
        assert wrong.status == 401 and wrong.text == "Error processing your OAuth request: Invalid oauth_verifier parameter"
    assert client.send("POST", "/oauth/access_token", login, verifier=pin).status == 401
    assert "five wrong verifiers" in client.last()["explanation"], client.last()
    late = client.begin()
    control(ready, "/clock", {"skew": 200})
    page = client.browser.open(f"{ready['url']}/oauth/authorize?oauth_token={late['oauth_token']}")
    assert page.status == 403 and "too old" in page.text, page.text
    control(ready, "/clock", {"skew": 0})


def refusals(ready, mode):
    client = Client(ready)
    strict = mode == "strict"
    table = [
        (dict(secret="wrong"), 401, 32), (dict(oauth_consumer_key="absent"), 401, 32),
        (dict(oauth_timestamp=str(int(time.time()) - 1000)), 401, 135), (dict(oauth_timestamp="x"), 400, 215),
        (dict(oauth_version="2.0"), 400, 215), (dict(callback="javascript:alert(1)"), 403, 415),
    ]
    for changes, status, code in table:
        response = client.send("POST", "/oauth/request_token", **{"callback": "oob", **changes})
        assert response.status == status and str(code) in response.text, (changes, response.status, response.text)
        assert response.headers["Date"], response.headers
        assert client.last()["explanation"], client.last()
    nothing = client.browser.open(ready["url"] + "/oauth/request_token", {})
    assert nothing.status == (401 if strict else 400), nothing.status
    # What mode x takes and strict does not.
    for how in (dict(method="GET", callback="oob"), dict(method="POST", callback="oob", oauth_version="1.0A"), dict(method="POST")):
        changes = dict(how)
        response = client.send(changes.pop("method"), "/oauth/request_token", **changes)
        assert (response.status == 200) != strict, (mode, how, response.text)
        if strict:
            assert "mode x takes" in client.last()["explanation"], client.last()
    login = client.begin()
    pin = client.pin(login)
    verifier_in_query = client.send("POST", "/oauth/access_token", login, query="oauth_verifier=" + pin)
    assert verifier_in_query.status == (400 if strict else 200), verifier_in_query.text
    trial = client.send("GET", "/", secret="wrong")
    assert trial.status == 401 and client.send("GET", "/").status == 200
    front = client.browser.open(ready["url"] + "/").text
    assert "most likely the consumer&#39;s secret differs" in front and "<b>bad_signature</b>" in front, front


def other_names():
    with Sandbox(PROGRAM, "--tls-name", "api.x.com", "--auto-approve", "user_3", "--log", os.devnull) as ready:
        client = Client(ready, host="api.x.com")
        assert client.begin()["oauth_callback_confirmed"] == "true"
        context = ssl.create_default_context(cafile=ready["ca_file"])
        for name in ("api.x.com", "localhost", "127.0.0.1"):
            with socket.create_connection(tuple(client.address.rsplit(":", 1))) as plain:
                context.wrap_socket(plain, server_hostname=name).close()
        try:
            with socket.create_connection(tuple(client.address.rsplit(":", 1))) as plain:
                context.wrap_socket(plain, server_hostname="other.example")
            raise AssertionError("the certificate is good for any name")
        except ssl.SSLCertVerificationError:
            pass


def main():
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        for mode in ("strict", "x"):
            with Sandbox(PROGRAM, "--mode", mode, "--log", log, "--request-token-ttl", "100") as ready:
                pages(ready)
                logins_that_cannot_go_on(ready, log)
                refusals(ready, mode)
    other_names()
    print("the sandbox's manual: pages, logins, refusals and names are as it says, in both modes")


if __name__ == "__main__":
    main()
