#!/usr/bin/python3
"""What programs say of their flags: --help in words and within 100 columns, and a misspelt flag with the nearest one.

usage: help_test.py PROGRAM...
"""
import pathlib
import re
import subprocess
import sys

from at_once import EVERY_CUT

# As typed, the nearest flag, and the rest of the line. A value is not repeated: it may be a secret.
MISSPELT = [
    ("--hepl", "--help"), ("--HELP", "--help"), ("--hel", "--help"), ("---help", "--help"), ("-versoin", "--version"),
    ("--helpp=secret", "--help"), ("\u2013help", "--help"), ("\u2014help", "--help"), ("\u2212\u2212help", "--help"),
    ("--versoin", "--version"), ("--vresion", "--version"), ("--ver", "--version"),
    ("--nothing-like-it", None), ("-x", None), ("--z", None), ("--\x1b[31mred", None),
]
MISSPELT_OF = {"coauth-sandbox": [
    ("--auto-aprove", "--auto-approve"), ("--auto_approve", "--auto-approve"), ("--autoapprove=user_2", "--auto-approve"),
    ("--usres", "--users"), ("--Listen", "--listen"), ("-listen", "--listen"), ("--listne=0.0.0.0:0", "--listen"),
    ("--consumer-secert=abc", "--consumer-secret"), ("--exit-with-parents", "--exit-with-parent"),
    ("--request_token_ttl", "--request-token-ttl"), ("--tls", "--tls-name"),
], "sign_in": [("--calback", "--callback"), ("--forcelogin", "--force-login"), ("--authorise", "--authorize"),
               ("--devise", "--device"), ("--isuer", "--issuer"), ("--oauth", "--oauth2"), ("--scopes", "--scope")],
   "login_server": [("--behind_proxy", "--behind-proxy"), ("--metric", "--metrics"), ("--wiht", "--with")],
   "greeter_bot": [("--sate", "--state"), ("--onec", "--once")],
   "enrich_profiles": [("--retry-faild", "--retry-failed"), ("--colum", "--column"), ("--un-ordered", "--unordered")],
   "signed_request": [("--bodyhash", "--body-hash"), ("--vector", "--vectors"), ("--bearr", "--bearer")],
}
# What the help must say, in words.
WORDS_OF = {"coauth-sandbox": [
    "--listen ADDRESS:PORT", "default 127.0.0.1:0", "strict or x, default strict", "from 1 to 1000000, default 10",
    "--auto-approve[=USERNAME]", "from 1 to 1000000000, default 900", "default 300", "may be given several times",
    "with --tls-key", "not with --tls-cert", "ROUTE=USER/APP[/USER_DAY/APP_DAY]",
    "coauth-sandbox --auto-approve --exit-with-parent", "130, 143",
], "sign_in": [
    "--callback URL", "default http://127.0.0.1:0/callback", "(from 0.001 to 86400, default 300)", "2 or 1.1, default 2",
    "or the environment variable COAUTH_PROXY", "default a sandbox inside this program",
    "--with NAME", "x, google, github, facebook or oidc, default x", "--provider [NAME=]BASE[,API_BASE]", "may be given several times",
    "--issuer URL", "--scope TEXT", "COAUTH_GITHUB_CLIENT_ID", "COAUTH_X_CLIENT_ID",
], "login_server": ["--with NAME,NAME", "--provider [NAME=]BASE[,API_BASE]", "--oauth2", "--behind-proxy ADDRESS", "from 1 to 256, default as many as there are processors", "default 127.0.0.1:8080"],
   "greeter_bot": ["--state FILE", "from 0.01 to 86400, default 60"],
   "signed_request": ["[METHOD] [URL]", "-d NAME=VALUE", "may be given several times", "header, query or form, default header"],
   "enrich_profiles": ["IN OUT", "--retry-failed", "from 1 to 64, default 8", "--retry-for SECONDS", "default 30", "default 960", "default 0.010"],
}
# Values that no flag takes.
WRONG_OF = {"coauth-sandbox": [("--users", "0"), ("--users", "many"), ("--mode", "y"), ("--clock-skew", "1e99"),
                               ("--listen", "localhost:0"), ("--rate-limit", "/2/users/me=1")],
            "sign_in": [("--timeout", "nan"), ("--timeout", "86401"), ("--deadline", "nan"), ("--deadline", "0"),
                        ("--ca-file", "/nope")],
            "login_server": [("--deadline", "-nan"), ("--ca-file", "/nope"), ("--proxy", "http://127.0.0.1:1")], "signed_request": [("--deadline", "inf")],
            "greeter_bot": [("--interval", "nan"), ("--deadline", "nan"), ("--ca-file", "/nope")],
            "enrich_profiles": [("--max-wait", "nan"), ("--max-wait", "-1"), ("--retry-for", "nan"), ("--deadline", "x"), ("--proxy", "http://127.0.0.1:1")]}
# Flags that mean nothing to a program are not shown by it.
NOT_IN = {"signed_request": ["--authorize-base", "--api"], "login_server": ["--json"], "enrich_profiles": ["--authorize-base"],
          "errors": ["--provider"]}


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)


def check_help(program, name):
    for flag in ("--help", "-h"):
        shown = run(program, flag)
        assert shown.returncode == 0 and shown.stderr == "", (name, shown)
        text = shown.stdout
        for line in text.splitlines():
            assert len(line) <= 100, f"{name} --help: {len(line)} columns: {line}"
            assert line == line.rstrip(), f"{name} --help: blanks at the end of: {line!r}"
        for part in ("Usage: " + name, "\nExample:\n  " + name, "\nExit codes:\n  0: ", "--version "):
            assert part in text, (name, part, text)
        words = " ".join(text.split())
        for part in WORDS_OF.get(name, []):
            assert part in words, (name, part, words)
        for part in NOT_IN.get(name, []):
            assert part not in words, (name, part, words)
        # What CLI11 writes of its own.
        for part in (r"\bTEXT:", r"\bU?INT\b", r"\bFLOAT\b", r" in \[", r":\{", "Excludes", "Needs", "REQUIRED", "OPTIONS",
                     r"--(version|help|expose|exit-with-parent|json) [A-Z]{2}"):
            assert not re.search(part, text), (name, part, text)


def check_misspelt(program, name):
    for typed, nearest in (MISSPELT + MISSPELT_OF.get(name, []))[::EVERY_CUT]:
        refused = run(program, typed)
        assert refused.returncode == 2 and refused.stdout == "", (name, typed, refused)
        shown = re.sub(r"[\x00-\x1f]", "?", typed.split("=")[0])
        first = f"{name}: unknown flag {shown}" + (f"; did you mean {nearest}?" if nearest else "") + "\n"
        assert refused.stderr == first + f"Run {name} --help for its flags.\n", (name, typed, refused.stderr)
        assert "secret" not in refused.stderr.replace("--consumer-secret", ""), refused.stderr
    # Its value is left over, too, and is not what is wrong.
    refused = run(program, "--hepl", "value")
    assert refused.returncode == 2 and "unknown flag --hepl; did you mean --help?" in refused.stderr, refused


def main():
    for program in sys.argv[1:]:
        name = pathlib.Path(program).name
        check_help(program, name)
        check_misspelt(program, name)
        if name == "coauth-sandbox":
            refused = run(program, "stray")
            assert refused.returncode == 2 and "unexpected argument stray\n" in refused.stderr, refused
        for flag, value in WRONG_OF.get(name, []):
            refused = run(program, flag, value, *(["in", "out"] if name == "enrich_profiles" else []))
            assert refused.returncode == 2 and flag in refused.stderr, (flag, value, refused)
    print(f"{len(sys.argv) - 1} programs: help within 100 columns, and misspelt flags named")


if __name__ == "__main__":
    main()
