#!/usr/bin/env python3
"""Each public header compiles by itself.

A header that is the first one a source or a test includes is compiled by itself wherever that file is compiled by itself
(.ci/run does so with clang). The others are compiled here, two at a time. What they may take from Boost is compiled once for
all of them; includes.py sees to it that each includes what it uses of that.

Usage: headers_alone.py ROOT COMPILER [ARGS...]
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
PRECOMPILED = '#include <boost/asio/any_io_executor.hpp>\n#include <boost/asio/awaitable.hpp>\n'
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
    result = subprocess.run([*command, '-fsyntax-only', f'-I{root}/include', '-x', 'c++', '-'], check=False,
                            input=f'#include <{header}>\n', stderr=subprocess.PIPE, text=True)
    return f'{header}: does not compile by itself:\n{result.stderr}' if result.returncode else ''


def check(root, compiler):
    with tempfile.TemporaryDirectory() as folder:
        first = pathlib.Path(folder, 'first.hpp')
        first.write_text(PRECOMPILED)
        subprocess.run([*compiler, '-std=c++20', '-x', 'c++-header', first, '-o', f'{first}.gch'], check=True)
        command = [*compiler, '-std=c++20', '-include', first]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda header: complaint(root, command, header), to_compile(root)))


if __name__ == '__main__':
    said = check(sys.argv[1], sys.argv[2:])
    print('\n'.join(filter(None, said)) or f'{len(said)} headers compile by themselves')
    sys.exit(any(said))
