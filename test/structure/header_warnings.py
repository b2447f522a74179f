#!/usr/bin/env python3
"""Compiles all public headers in one file, as a project does that adds this folder, with warnings that projects use.

Usage: header_warnings.py ROOT COMPILER [ARGS...]
"""
import pathlib
import subprocess
import sys

WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wsign-conversion', '-Wold-style-cast']

# Templates warn when they are used.
USES = '''
namespace asio = boost::asio;
template asio::awaitable<coauth::result<int>> coauth::as_result(asio::awaitable<int>);
template asio::awaitable<coauth::result<void>> coauth::as_result(asio::awaitable<void>);
template asio::awaitable<int> coauth::call_on(asio::any_io_executor, asio::awaitable<int>);
template asio::awaitable<int> coauth::cancel_after(std::chrono::milliseconds, asio::awaitable<int>);
template asio::awaitable<void> coauth::cancel_after(std::chrono::milliseconds, asio::awaitable<void>);
template struct coauth::reply<coauth::twitter::page<coauth::twitter::tweet>>;
'''


def source_of(root):
    """A source that includes every public header of the tree at `root`, and uses its templates."""
    include = pathlib.Path(root, 'include')
    headers = sorted(file.relative_to(include).as_posix() for file in include.rglob('*.hpp'))
    return ''.join(f'#include <{header}>\n' for header in headers) + USES


if __name__ == '__main__':
    result = subprocess.run(
        [*sys.argv[2:], '-std=c++20', '-fsyntax-only', *WARNINGS, '-Werror', f'-I{sys.argv[1]}/include', '-x', 'c++', '-'],
        input=source_of(sys.argv[1]), text=True, check=False)
    sys.exit(result.returncode)
