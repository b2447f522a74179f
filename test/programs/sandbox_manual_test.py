#!/usr/bin/python3
"""What docs/sandbox.md promises, on a running coauth-sandbox: its recipes, its tables, its lists.

usage: sandbox_manual_test.py COAUTH_SANDBOX SANDBOX_MD
"""
import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import urllib.parse

from sandbox_process import Browser, Sandbox, control

PROGRAM = sys.argv[1]
MANUAL = pathlib.Path(sys.argv[2]).read_text()


def snippets(language):
    return re.findall(rf"^```{language}\n(.*?)^```", MANUAL, re.M | re.S)


def section(title):
    return MANUAL.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(title):
    """The rows of a section's table, as lists of cells without their code marks."""
    rows = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[1:]]


def bearer(ready, path, token=None):
    return Browser(ready["ca_file"]).open(ready["url"] + path, headers={"Authorization": f"Bearer {token or app_token(ready)}"})


def app_token(ready):
    pair = base64.b64encode(f"{ready['consumer_key']}:{ready['consumer_secret']}".encode()).decode()
    response = Browser(ready["ca_file"]).open(ready["url"] + "/oauth2/token", {"grant_type": "client_credentials"},
                                            {"Authorization": f"Basic {pair}"})
    return json.loads(response.text)["access_token"]


def the_ready_line_is_all_of_stdout():
    shown = json.loads(snippets("json")[0])
    sandbox = subprocess.Popen([PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ready = json.loads(sandbox.stdout.readline())
    assert list(ready) == list(shown), ready
    for member in ("consumer_key", "consumer_secret"):
        assert ready[member] == shown[member], ready
    Browser(ready["ca_file"]).open(ready["url"] + "/nothing")
    sandbox.terminate()
    output, log = sandbox.communicate()
    assert output == "" and sandbox.returncode == 143, (output, sandbox.returncode)
    assert " GET /nothing 404 refused:unknown_path" in log, log


def the_python_recipe_gets_a_pin():
    recipe, = snippets("python")
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.realpath(PROGRAM), os.path.join(folder, "coauth-sandbox"))
        environment = {**os.environ, "PATH": folder + ":" + os.environ["PATH"]}
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "http_proxy", "https_proxy"):
            environment.pop(name, None)
        # The sandbox ends with the script: --exit-with-parent.
        ran = subprocess.run([sys.executable, "-c", recipe + "print(pin, sandbox.pid)"], env=environment, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    pin, _ = ran.stdout.split()
    assert re.fullmatch(r"\d{7}", pin), ran.stdout
    assert "so it ends (--exit-with-parent)" in ran.stderr, ran.stderr


def the_flags_are_those_of_the_program():
    shown = " ".join(subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout.split())
    listed = {}
    for row in table("Flags"):
        for flag in re.findall(r"--[a-z-]+", row[0]):
            listed[flag] = row[1].strip("`")
    offered = set(re.findall(r" (--[a-z-]+)(?= |\[|,)", shown.split("Example:")[0].split("Flags:")[1]))
    described = {flag for flag in offered if flag not in ("--help", "--version")}
    assert set(listed) == described, set(listed) ^ described
    for flag, default in listed.items():
        if default and default not in ("off", "fake ones", "the documented ones", "stderr"):
            assert f"{flag} " in shown and f"default {default}" in shown.split(flag + " ", 1)[1].split(" --")[0], (flag, default)


def every_route_is_there():
    routes = section("Routes")
    found = re.findall(r"`(?:(GET|POST|DELETE) )?(/[^`]*)`", routes)
    found += [("", f"/1.1/{name}.json") for name in re.findall(r"`((?:users|account|statuses|followers)/[a-z_/:]+)`", routes)]
    assert len(found) > 20, found
    with Sandbox(PROGRAM, "--log", os.devnull) as ready:
        for method, path in found:
            if path in ("/1.1/", "/oauth/authorize", "/oauth/authenticate"):
                continue
            target = path.replace(":username", "user_1").replace(":id", "1")
            Browser(ready["ca_file"]).open(ready["url"] + target, {} if method == "POST" else None)
        seen = control(ready, "/journal")
        lost = [entry["target"] for entry in seen if entry["route"] is None]
        assert lost == [], lost


def the_seed_is_served_as_it_says():
    seed, = [text for text in snippets("json") if text.startswith('{"consumers"')]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "seed.json")
        pathlib.Path(path).write_text(seed)
        with Sandbox(PROGRAM, "--seed", path, "--log", os.devnull) as ready:
            response = bearer(ready, "/2/users/by?usernames=ada,bob,absent", "bearer")
            assert response.status == 200, response.text
            shown = json.loads(response.text)
            assert [user["name"] for user in shown["data"]] == ["Ada"], shown
            assert [(e["value"], e["title"]) for e in shown["errors"]] == [("bob", "Forbidden"), ("absent", "Not Found Error")], shown
            # With users in the seed no others are made up.
            assert json.loads(bearer(ready, "/2/users/by/username/user_1", "bearer").text).get("data") is None
        # An unknown field is an error.
        pathlib.Path(path).write_text('{"users": [{"id": "1", "username": "a", "nam": "A"}]}')
        refused = subprocess.run([PROGRAM, "--seed", path], capture_output=True, text=True, check=False)
        assert refused.returncode == 1 and "nam" in refused.stderr, refused


def the_faults_play_as_they_say():
    faults, = [text for text in snippets("json") if text.startswith('[{"route"')]
    with Sandbox(PROGRAM, "--log", os.devnull) as ready:
        token = app_token(ready)
        control(ready, "/faults", json.loads(faults))
        response = Browser(ready["ca_file"]).open(ready["url"] + "/oauth/request_token", {})
        assert response.status == 200 and "oauth_callback_confirmed" not in response.text, response.text
        response = bearer(ready, "/2/users/1", token)
        assert response.status == 200 and "Not Found Error" in response.text
        response = Browser(ready["ca_file"]).open(ready["url"] + "/2/tweets", {})
        assert response.status == 429 and "UsageCapExceeded" in response.text
        response = bearer(ready, "/1.1/users/show.json?screen_name=user_1", token)
        assert response.status == 403 and json.loads(response.text)["errors"][0]["code"] == 453, response.text
        # Each strikes once.
        assert bearer(ready, "/1.1/users/show.json?screen_name=user_1", token).status == 200


def the_rate_limits_hold_and_the_clock_moves_past_them():
    recipe, = [text for text in snippets("sh") if "--rate-window" in text]
    with Sandbox(PROGRAM, *recipe.split()[1:], "--log", os.devnull) as ready:
        token = app_token(ready)
        for _ in range(3):
            response = bearer(ready, "/2/users/1", token)
            assert response.status in (200, 404), response.text
        assert response.headers["x-rate-limit-limit"] == "3" and response.headers["x-rate-limit-remaining"] == "0", response.headers
        assert bearer(ready, "/2/users/1", token).status == 429
        control(ready, "/clock", {"skew": 10})
        assert bearer(ready, "/2/users/1", token).status != 429


def the_control_port_does_what_it_lists():
    with Sandbox(PROGRAM, "--log", os.devnull) as ready:
        Browser(ready["ca_file"]).open(ready["url"] + "/nothing?oauth_verifier=secret&oauth_token=abcdefghijklmnop")
        entry, = control(ready, "/journal")
        listed = re.search(r"A journal entry has (.*?)\. Tokens", MANUAL, re.S).group(1)
        assert sorted(entry) == sorted(re.findall(r"`(\w+)`", listed)), entry
        assert entry["target"] == "/nothing?oauth_verifier=***&oauth_token=abcd...", entry
        assert control(ready, "/counters")["requests"] == 1
        before = int(Browser(ready["ca_file"]).open(ready["url"] + "/").status)
        assert before == 200
        control(ready, "/reset", {})
        assert control(ready, "/journal") == []


def the_users_are_as_described():
    with Sandbox(PROGRAM, "--users", "12", "--log", os.devnull) as ready:
        names = ",".join(f"user_{k}" for k in range(1, 13))
        fields = urllib.parse.urlencode({"usernames": names, "user.fields": "protected,verified,public_metrics"})
        users = json.loads(bearer(ready, "/2/users/by?" + fields).text)["data"]
        assert len(users) == 12 and all(len(user["id"]) == 19 for user in users), users
        assert [user["username"] for user in users if user["protected"]] == ["user_6", "user_12"], users
        assert [user["username"] for user in users if user["verified"]] == ["user_4", "user_8", "user_12"], users
        token = app_token(ready)
        again = json.loads(bearer(ready, "/2/users/by?" + fields, token).text)["data"]
        assert again == users


def the_address_and_the_certificate_are_as_asked():
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        ca, certificate, key = (os.path.join(folder, name) for name in ("ca.pem", "cert.pem", "key.pem"))
        with Sandbox(PROGRAM, "--ca-out", ca, "--log", os.devnull) as ready:
            assert ready["ca_file"] == ca and Browser(ca).open(ready["url"] + "/").status == 200
        refused = subprocess.run([PROGRAM, "--listen", f"127.0.0.1:{taken.getsockname()[1]}"], capture_output=True, text=True, check=False)
        assert refused.returncode == 1 and str(taken.getsockname()[1]) in refused.stderr, refused
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-keyout", key, "-out", certificate, "-subj", "/CN=sandbox", "-addext", "subjectAltName=IP:127.0.0.1"],
                       capture_output=True, check=True)
        with Sandbox(PROGRAM, "--tls-cert", certificate, "--tls-key", key, "--log", os.devnull) as ready:
            assert ready["ca_file"] is None and Browser(certificate).open(ready["url"] + "/").status == 200
        for arguments in (["--tls-cert", certificate], ["--tls-cert", certificate, "--tls-key", key, "--tls-name", "x"],
                          ["--tls-cert", certificate, "--tls-key", key, "--ca-out", ca]):
            refused = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
            assert refused.returncode == 2 and refused.stdout == "", refused


def main():
    the_ready_line_is_all_of_stdout()
    the_python_recipe_gets_a_pin()
    the_flags_are_those_of_the_program()
    every_route_is_there()
    the_seed_is_served_as_it_says()
    the_faults_play_as_they_say()
    the_rate_limits_hold_and_the_clock_moves_past_them()
    the_control_port_does_what_it_lists()
    the_users_are_as_described()
    the_address_and_the_certificate_are_as_asked()
    print("the sandbox's manual: recipes, flags, routes, seed, faults, limits, control port and users are as it says")


if __name__ == "__main__":
    main()
