#!/usr/bin/env python3
"""No test captures a structured binding: clang 14 can't, and doctest's CAPTURE and INFO do.

Usage: binding_lint.py ROOT
"""
import pathlib
import re
import sys

BINDING = re.compile(r'auto\s*(?:&&?)?\s*\[([\w\s,]+)\]')


def faults(text):
    """Pairs of line number and name."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if not (match := BINDING.search(line)):
            continue
        indent = len(line) - len(line.lstrip())
        names = '|'.join(name.strip() for name in match[1].split(','))
        capture = re.compile(r'\b(?:CAPTURE|INFO)\(.*\b(' + names + r')\b|\[[&=]\].*\b(' + names + r')\b')
        for number in range(start + 1, len(lines)):
            body = lines[number]
            if body.strip() and len(body) - len(body.lstrip()) <= indent - (not line.lstrip().startswith('for')):
                break
            if body.strip() == '}' and len(body) - len(body.lstrip()) <= indent:
                break
            if found := capture.search(body):
                yield number + 1, found[1] or found[2]


def check(root):
    files = sorted(pathlib.Path(root, 'test').rglob('*.[ch]pp'))
    return [f'{file.relative_to(root)}:{number}: captures {name}, a structured binding; give it a name of its own before'
            for file in files for number, name in faults(file.read_text())]


if __name__ == '__main__':
    found = check(sys.argv[1])
    print('\n'.join(found) or 'no structured binding is captured')
    sys.exit(bool(found))
