#!/usr/bin/env python3
"""Compiles SOURCE twice: as it is, which must succeed, and with MUST_FAIL, which must fail at every line that
follows a comment "// refused: REGEX", for that reason, and nowhere else in the file.

Usage: must_not_compile.py SOURCE COMPILER [ARGS...]
"""
import os
import pathlib
import re
import subprocess
import sys

REFUSED = re.compile(r'^\s*// refused: (.*)$')
ERROR = re.compile(r'^(.+?):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$', re.M)


def judge(source, path, words):
    """Every complaint about `words`, the errors of the compiler for the text `source` at `path`."""
    refused = {number + 1: match[1] for number, line in enumerate(source.splitlines(), 1) if (match := REFUSED.match(line))}
    errors = [(int(line), text) for file, line, text in ERROR.findall(words) if file == str(path)]
    found = [] if refused else [f'{path}: says of nothing that it is refused']
    for line, reason in refused.items():
        here = [text for at, text in errors if at == line]
        if not here:
            found.append(f'{path}:{line}: this compiles, and must not')
        elif not any(re.search(reason, text) for text in here):
            found.append(f'{path}:{line}: fails for another reason than "{reason}": {here[0]}')
    found += [f'{path}:{at}: fails as well: {text}' for at, text in errors if at not in refused]
    return found


def check(path, command):
    """Every complaint about the file at `path`, compiled by `command`."""
    def errors_of(*flags):
        return subprocess.run([*command, '-std=c++20', '-fsyntax-only', *flags, str(path)], check=False,
                              env={**os.environ, 'LC_ALL': 'C'}, stderr=subprocess.PIPE, text=True)

    correct = errors_of()
    if correct.returncode != 0:
        return [f'{path}: the correct forms do not compile either:\n{correct.stderr}']
    return judge(pathlib.Path(path).read_text(), path, errors_of('-DMUST_FAIL').stderr)


if __name__ == '__main__':
    complaints = check(sys.argv[1], sys.argv[2:])
    print('\n'.join(complaints) or 'all of it is refused')
    sys.exit(bool(complaints))
