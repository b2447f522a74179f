#!/usr/bin/python3
"""Compares `signed_request --vectors` with python3-oauthlib on thousands of cases.

usage: vectors_against_oauthlib.py SIGNED_REQUEST VECTORS_JSON [COUNT]

The cases are made from a fixed seed: RFC 5849's corners (ports, host case, empty path, duplicates,
names that are prefixes of others, "+", reserved and non-ASCII characters, empty secrets) mixed at
random. Base string, signature and header must be equal, case by case. A second, longer run shows
that memory does not grow with the input.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from urllib.parse import parse_qsl, quote

from oauthlib.oauth1.rfc5849 import signature as oauthlib_signature
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

RANDOM = random.Random(5849)
NAMES = ["a", "a-b", "a.b", "ab", "a2", "aa", "b", "c@", "", "z", "Z", "a[0]", "a b", "é", "☃", "oauth_mine", "a=b", "q", "status", "~", "日本"]
VALUES = ["", "1", "10", "9", "a", "A", " ", "+", "%", "a b", "a+b", "=", "&", "!*'()", ";/?:@&=+$,", "~-._", "é", "☃", "日本語",
          "😀", "\"<>\\^`{|}", "#", "line\nbreak", "Hello Ladies + Gentlemen, a signed OAuth request!", "a" * 300]
HOSTS = ["example.com", "EXAMPLE.com", "api.x.com", "127.0.0.1", "[::1]", "[2001:DB8::1]", "xn--bcher-kva.example", "a_b.example"]
PORTS = ["", "", "", ":80", ":443", ":8080", ":65535", ":1"]
PATHS = ["", "/", "/p", "/p/", "/P/q", "//", "/r%20v/X", "/%7euser", "/%E2%98%83", "/a;b=c,d:e@f", "/!$&'()*+", "/1.1/users/show.json"]
SECRETS = ["", "secret", "a&b%+/=", "c d&", "é☃", "x" * 80, "just-a-string    asdasd", "+"]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "get", "Post", "OPTIONS", "REPORT"]
# RSA is slow in Python, so it comes seldom.
SIGNATURE_METHODS = (["HMAC-SHA1"] * 20 + ["HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"] * 5 + ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"])


def encoded(text):
    """Writes a query part in one of the ways that clients write it."""
    style = RANDOM.randrange(4)
    if style == 0:
        return quote(text, safe="-._~")
    if style == 1:
        return quote(text, safe="-._~ ").replace(" ", "+")
    if style == 2:
        return "".join(p.lower() if p.startswith("%") else p for p in split_escapes(quote(text, safe="-._~")))
    return quote(text, safe="-._~!*'()/?:@$,;[]{}|")


def split_escapes(text):
    out, i = [], 0
    while i < len(text):
        size = 3 if text[i] == "%" else 1
        out.append(text[i:i + size])
        i += size
    return out


def form(count):
    pairs = []
    for _ in range(count):
        name, value = encoded(RANDOM.choice(NAMES)), encoded(RANDOM.choice(VALUES))
        if not name and not value:
            continue
        bare = not value and name and RANDOM.random() < 0.5
        pairs.append(name if bare else name + "=" + value)
    return "&".join(pairs)


def case(number):
    scheme = RANDOM.choice(["https", "http", "HTTPS", "Http"])
    query = form(RANDOM.choice([0, 0, 1, 2, 3, 6]))
    url = scheme + "://" + RANDOM.choice(HOSTS) + RANDOM.choice(PORTS) + RANDOM.choice(PATHS)
    if query or RANDOM.random() < 0.1:
        url += "?" + query
    method = RANDOM.choice(SIGNATURE_METHODS)
    token = RANDOM.choice([None, "", "token-1", "to%ken/+="])
    return {
        "id": number,
        "method": RANDOM.choice(METHODS),
        "url": url,
        "form": RANDOM.choice([None, None, form(RANDOM.choice([1, 2, 4]))]),
        "consumer_key": RANDOM.choice(["key", "dpf43f3p2l4k3l03", "k e/y+é"]),
        "consumer_secret": RANDOM.choice(SECRETS),
        "token": token,
        "token_secret": RANDOM.choice(SECRETS) if token else RANDOM.choice([None, ""]),
        "callback": RANDOM.choice([None, None, "oob", "http://localhost/sign-in?x=1&y=%2F", "myapp://cb"]),
        "verifier": RANDOM.choice([None, None, "0123456", "v+/="]),
        "nonce": RANDOM.choice(["nonce-1", "kllo9940pd9333jh", "a/b+c="]),
        "timestamp": RANDOM.choice(["1191242096", 1700000000, "1"]),
        "signature_method": method,
        "realm": RANDOM.choice([None, None, "Photos", "https://api.x.com/"]),
        "version": RANDOM.choice([True, False, None]),
    }


def expected(c, rsa_key):
    """The result by oauthlib's own functions."""
    oauth = [("oauth_consumer_key", c["consumer_key"]), ("oauth_nonce", c["nonce"]),
             ("oauth_signature_method", c["signature_method"]), ("oauth_timestamp", str(c["timestamp"]))]
    for name in ("token", "callback", "verifier"):
        if c[name] is not None:
            oauth.append(("oauth_" + name, c[name]))
    if c["version"]:
        oauth.append(("oauth_version", "1.0"))
    query = c["url"].split("?", 1)[1] if "?" in c["url"] else ""
    parameters = decoded(query) + decoded(c["form"] or "") + oauth
    base = oauthlib_signature.signature_base_string(
        c["method"], oauthlib_signature.base_string_uri(c["url"]), oauthlib_signature.normalize_parameters(parameters))

    class client:
        client_secret = c["consumer_secret"]
        resource_owner_secret = c["token_secret"] or ""

    class rsa_client:
        pass
    rsa_client.rsa_key = rsa_key

    sign = {
        "HMAC-SHA1": lambda: oauthlib_signature.sign_hmac_sha1_with_client(base, client),
        "HMAC-SHA256": lambda: oauthlib_signature.sign_hmac_sha256_with_client(base, client),
        "HMAC-SHA512": lambda: oauthlib_signature.sign_hmac_sha512_with_client(base, client),
        "RSA-SHA1": lambda: oauthlib_signature.sign_rsa_sha1_with_client(base, rsa_client),
        "RSA-SHA256": lambda: oauthlib_signature.sign_rsa_sha256_with_client(base, rsa_client),
        "RSA-SHA512": lambda: oauthlib_signature.sign_rsa_sha512_with_client(base, rsa_client),
        "PLAINTEXT": lambda: oauthlib_signature.sign_plaintext_with_client(None, client),
    }
    return base, sign[c["signature_method"]](), oauth


def decoded(text):
    return parse_qsl(text, keep_blank_values=True)


def run(program, cases, arguments):
    text = "".join(json.dumps(c) + "\n" for c in cases)
    done = subprocess.run([program, "--vectors", "-"] + arguments, input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_equal(program, count, rsa_key, key_file):
    cases = [case(i) for i in range(count)]
    results = run(program, cases, ["--rsa-key", key_file])
    assert len(results) == count, (len(results), count)
    for c, result in zip(cases, results):
        base, signature, oauth = expected(c, rsa_key)
        assert result.get("id") == c["id"], (c, result)
        assert result.get("base_string") == base, ("base string differs", c, result, base)
        assert result.get("signature") == signature, ("signature differs", c, result, signature)
        header = dict(parse_authorization_header(result["authorization"]))
        wanted = {quote(k, safe="~"): quote(v, safe="~") for k, v in oauth}
        wanted["oauth_signature"] = quote(signature, safe="~")
        if c["realm"] is not None:
            wanted["realm"] = c["realm"]
        assert header == wanted, ("header differs", c, header, wanted)
    print(f"{count} cases equal to oauthlib's")


REFUSED = [
    {"url": "/relative"}, {"url": "example.com/x"}, {"url": "ftp://example.com/"}, {"url": "https://"}, {"url": "https://h:0/"},
    {"url": "https://h:65536/"}, {"url": "https://h:-1/"}, {"url": "https://h:x/"}, {"url": "https://h/a b"}, {"url": "https://h/é"},
    {"url": "https://h/%zz"}, {"url": "https://h/?a=%zz"}, {"url": None}, {"method": ""}, {"method": "GE T"}, {"nonce": None},
    {"timestamp": None}, {"timestamp": "now"}, {"timestamp": "-1"}, {"timestamp": 0}, {"timestamp": 1.5}, {"consumer_key": ""},
    {"consumer_key": None}, {"consumer_key": "a\n"}, {"consumer_secret": "a\n"}, {"signature_method": "HMAC-MD5"}, {"form": "a=%"},
    {"url": "https://h/?oauth_nonce=1"}, {"form": "oauth_signature=x"}, {"version": "yes"}, {"method": 7},
]


def check_refused(program):
    good = {"method": "GET", "url": "https://h/", "consumer_key": "k", "consumer_secret": "canary-secret", "nonce": "n", "timestamp": "1",
            "signature_method": "HMAC-SHA1"}
    cases = [{**good, **bad, "id": str(i)} for i, bad in enumerate(REFUSED)]
    results = run(program, cases, [])
    for c, result in zip(cases, results):
        assert set(result) == {"id", "error"} and result["id"] == c["id"], (c, result)
        assert "canary" not in result["error"], result
    lines = "no json\n\n[1]\n{\n" + json.dumps(dict(good, id="after")) + "\n\"x\"\n" + "9" * 2_000_000 + "\n"
    done = subprocess.run([program, "--vectors", "-"], input=lines, capture_output=True, text=True, check=True)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in results] == [None, None, None, "after", None, None], results
    assert "signature" in results[3]
    print(f"{len(REFUSED)} bad cases and 5 bad lines refused, and the work went on")


def check_memory(program):
    """Twice the input must not take more memory."""
    line = json.dumps(case(1)) + "\n"
    peaks = []
    for lines in (20_000, 100_000):
        with tempfile.NamedTemporaryFile("w") as f:
            for _ in range(lines):
                f.write(line)
            f.flush()
            with open("/dev/null", "w") as nowhere:
                p = subprocess.Popen([program, "--vectors", f.name], stdout=nowhere, stderr=subprocess.DEVNULL)
                _, status, usage = os.wait4(p.pid, 0)
                p.returncode = status
                assert status == 0
                peaks.append(usage.ru_maxrss)
    # Sanitizers keep freed memory for a while: only growth with the input counts.
    assert peaks[1] < peaks[0] * 1.5 + 4096, peaks
    print(f"peak memory {peaks[0]} KiB for 20,000 lines, {peaks[1]} KiB for 100,000")


def main():
    program, vectors = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
    with open(vectors) as f:
        rsa_key = json.load(f)["house_rsa"]["private_key_pkcs8_pem"]
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as key_file:
        key_file.write(rsa_key)
        key_file.flush()
        check_equal(program, count, rsa_key, key_file.name)
    check_refused(program)
    check_memory(program)


if __name__ == "__main__":
    main()
