#!/usr/bin/python3
"""`errors`: a paragraph or a line of JSON for each case, with whose fault it is and what to do.

usage: errors_test.py ERRORS
"""
import json
import subprocess
import sys

ERROR_KEYS = ["code", "message", "hint", "http_status", "provider_code", "provider_error", "retry_after"]
NO_FAULT = {"not_found", "suspended", "rate_limited", "duplicate"}


def main():
    program = sys.argv[1]
    shown = subprocess.run([program, "--json"], capture_output=True, text=True, check=True)
    assert shown.stderr == "", shown.stderr
    cases = [json.loads(line) for line in shown.stdout.splitlines()]
    assert len(cases) == 21, len(cases)
    for case in cases:
        assert sorted(case) == ["case", "error"] and list(case["error"]) == ERROR_KEYS, case

    paragraphs = subprocess.run([program], capture_output=True, text=True, check=True).stdout.strip().split("\n\n")
    assert [text.splitlines()[0] for text in paragraphs] == [case["case"] for case in cases], paragraphs
    for case, text in zip(cases, paragraphs):
        code = case["error"]["code"]
        assert f"\nerror: {code}: " in text, text
        assert ("\n  hint: " in text) == (case["error"]["hint"] is not None), text
        # Where nothing is to be changed no side is named.
        assert ("\n  where to look: " in text) == (code not in NO_FAULT), text
    wrong_key = paragraphs[0]
    assert "\n  hint: check the consumer key and secret" in wrong_key, wrong_key
    print(f"{len(cases)} cases, each with its code, its hint and where to look")


if __name__ == "__main__":
    main()
