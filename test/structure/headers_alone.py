#!/usr/bin/env python3
"""Each public header compiles by itself.

A header that is the first one a source or a test includes is compiled by itself wherever that file is, without a
precompiled header (.ci/run does so with clang). The others are compiled here, two at a time.

Usage: headers_alone.py ROOT COMPILER [ARGS...]
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys

FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
COMPILED = ('src', 'test/unit', 'test/integration')


def included_first(root):
    """What the sources of the tree at `root` include first."""
    found = set()
    for folder in COMPILED:
        for file in pathlib.Path(root, folder).rglob('*.cpp'):
            match = FIRST_INCLUDE.search(file.read_text())
            if match:
                found.add(match[1])
    return found


def to_compile(root):
    """The public headers that nothing compiles by itself elsewhere."""
    include = pathlib.Path(root, 'include')
    headers = {file.relative_to(include).as_posix() for file in include.rglob('*.hpp')}
    return sorted(headers - included_first(root))


def complaint(root, command, header):
    """What the compiler says of `header` alone; empty if nothing."""
    result = subprocess.run([*command, '-std=c++20', '-fsyntax-only', f'-I{root}/include', '-x', 'c++', '-'], check=False,
                            input=f'#include <{header}>\n', stderr=subprocess.PIPE, text=True)
    return f'{header}: does not compile by itself:\n{result.stderr}' if result.returncode else ''


if __name__ == '__main__':
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda header: complaint(sys.argv[1], sys.argv[2:], header), to_compile(sys.argv[1])))
    complaints = [each for each in said if each]
    print('\n'.join(complaints) or f'{len(said)} headers compile by themselves')
    sys.exit(bool(complaints))
