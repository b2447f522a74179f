#!/usr/bin/env python3
"""Holds that secrets are compared in constant time: no `==` on what `reveal()` gives, and no memcmp. `secret::matches`,
`equal_in_constant_time` and CRYPTO_memcmp are the ways. Usage: secret_lint.py ROOT
"""
import pathlib
import re
import sys

from cpp_text import without_comments_and_strings

FORBIDDEN = (
    (re.compile(r'reveal\(\)\s*[!=]=|[!=]=\s*[\w.>()*-]*\breveal\(\)'), 'compares a secret in a time that tells where it differs'),
    (re.compile(r'(?<!CRYPTO_)\bmemcmp\s*\(|\breveal\(\)\s*\.\s*(?:compare|starts_with|ends_with|find)\s*\('),
     'looks into a secret in a time that tells where it differs'),
)


def check(root):
    """Every complaint about include, src and examples below `root`, as `path:line: text`."""
    root = pathlib.Path(root)
    found = []
    for folder in ('include', 'src', 'examples'):
        for file in sorted([*(root / folder).rglob('*.hpp'), *(root / folder).rglob('*.cpp')]):
            text = without_comments_and_strings(file.read_text())
            for pattern, complaint in FORBIDDEN:
                for match in pattern.finditer(text):
                    line = text.count('\n', 0, match.start()) + 1
                    found.append(f'{file.relative_to(root).as_posix()}:{line}: {complaint}')
    return found


if __name__ == '__main__':
    complaints = check(sys.argv[1])
    print('\n'.join(complaints) or 'all in constant time')
    sys.exit(bool(complaints))
