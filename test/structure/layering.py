#!/usr/bin/env python3
"""Holds the layers: reads every #include of include/ and src/ against the table of rooms. Holds, too, that a
header which only sources need is not public.

Debian keeps all of Boost in one folder, so the compiler can't hold them. Usage: layering.py ROOT
"""
import pathlib
import re
import sys

# What each room may use beside itself. 'http:values' are the headers of http that only hold data, 'text:characters'
# those of text that use nothing of the top.
ROOMS = {
    'top': ['text:characters'],
    'text': ['top'],
    'crypto': ['top', 'text'],
    'coro': ['top', 'text'],
    'oauth1': ['top', 'text', 'crypto'],
    'oauth2': ['top', 'text', 'crypto'],
    'http': ['top', 'text', 'coro'],
    'server': ['top', 'text', 'crypto', 'coro', 'http:values'],
    'identity': ['top', 'text', 'coro', 'http:values'],
    'api': ['top', 'text', 'crypto', 'coro', 'oauth1', 'http', 'identity'],
    'twitter': ['top', 'text', 'coro', 'oauth1', 'oauth2', 'http', 'identity', 'api', 'providers'],
    'providers': ['top', 'text', 'crypto', 'coro', 'oauth1', 'oauth2', 'http', 'identity', 'api'],
    'store': ['top', 'text', 'crypto', 'coro', 'identity'],
    'session': ['top', 'text', 'crypto', 'coro', 'http:values', 'identity', 'store'],
    'site': ['top', 'text', 'crypto', 'coro', 'http:values', 'server', 'identity', 'session', 'store'],
    'sandbox': ['top', 'text', 'crypto', 'coro', 'oauth1', 'oauth2', 'server', 'http:values'],
    # A client for tests.
    'sandbox/kit': ['top', 'text', 'coro', 'oauth1', 'http', 'server', 'sandbox', 'identity', 'twitter'],
    'command_line': ['top', 'text'],  # what programs say of their flags and write, in no library
    'boost': [],  # Boost's own sources, compiled once
}
PARTS = {
    'http:values': {'date.hpp', 'fields.hpp', 'origin.hpp', 'request.hpp', 'response.hpp'},
    'text:characters': {'ascii.hpp', 'utf8.hpp'},
}
# What keeps top and text from using each other.
CHARACTERS = {'include/coauth/text/' + name for name in PARTS['text:characters']} | {'src/text/utf8.cpp'}

# Rooms whose private headers are for other rooms, too: for which of those that may use them.
LENT = {'coro': set(ROOMS), 'text': set(ROOMS), 'crypto': set(ROOMS), 'api': {'twitter', 'providers'}, 'server': {'site'},
        'oauth2': {'sandbox'}}

# What coauth::protocol may take from Boost.
NO_IO = {'top', 'text', 'crypto', 'oauth1', 'oauth2'}
NO_IO_BOOST = re.compile(r'boost/(system/|assert/|config)')
# The rooms of them that read and write JSON.
JSON_ROOMS = {'text', 'oauth2'}

# What public headers may take from Boost: the rest costs their users seconds a file.
PUBLIC_BOOST = re.compile(r'boost/(system/.*|asio/awaitable\.hpp|asio/any_io_executor\.hpp)')
# The exceptions are templates over Asio's own operations.
PUBLIC_BOOST_EXCEPTIONS = {'include/coauth/coro/call_on.hpp', 'include/coauth/coro/cancel_after.hpp'}
NEVER_PUBLIC = re.compile(r'(openssl|CLI|doctest|sqlite3|hiredis)\b')

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(parts):
    """The room of a path below include/coauth or src: its folder, or the top. The sandbox's kit is one by itself."""
    if tuple(parts[:2]) == ('sandbox', 'kit'):
        return 'sandbox/kit'
    return parts[0] if len(parts) > 1 else 'top'


def complaint(path, room, public, quote, target):
    """Why `path`, a file of `room`, may not include `target`; or None."""
    if target.startswith('boost/'):
        json = room in JSON_ROOMS and path not in CHARACTERS and target.startswith('boost/json/')
        if room in NO_IO and not json and not NO_IO_BOOST.match(target):
            return f'{room} does no I/O and may not take <{target}> from Boost'
        if public and not PUBLIC_BOOST.fullmatch(target) and path not in PUBLIC_BOOST_EXCEPTIONS:
            return f'a public header includes <{target}>, which its users would pay for'
        return None
    if public and NEVER_PUBLIC.match(target):
        return f'a public header includes <{target}>'
    if quote == '"':
        if public:
            return f'a public header includes the private "{target}"'
        theirs = room_of(target.split('/'))
        beside_it = '/' not in target and room != 'top'
        of_programs = theirs == 'command_line' and path.startswith('src/sandbox/main/')
        lent = room in LENT.get(theirs, ()) and theirs in ROOMS[room]
        if theirs != room and not beside_it and not of_programs and not lent:
            return f'{room} includes "{target}", which is private to {theirs}'
        return None
    if not target.startswith('coauth/'):
        return None

    parts = target.split('/')[1:]
    theirs = room_of(parts)
    allowed = ROOMS[room]
    if path in CHARACTERS and target != 'coauth/export.hpp' and target.removeprefix('coauth/text/') not in PARTS[
            'text:characters']:
        return f'the top uses {path}, which may not use <{target}>'
    if theirs == room or theirs in allowed:
        return None
    for part, headers in PARTS.items():
        whole, name = part.split(':')
        if theirs == whole and part in allowed:
            return None if parts[1] in headers else f'{room} may use the {name} of {whole} only, not <{target}>'
    return f'{room} may not use {theirs}: <{target}>'


def check(root):
    """Every complaint about the tree at `root`, as `path:line: text`."""
    root = pathlib.Path(root)
    found = []
    for base, public in (('include/coauth', True), ('src', False)):
        for file in sorted((root / base).rglob('*.[ch]pp')):
            path = file.relative_to(root).as_posix()
            parts = file.relative_to(root / base).parts
            if path == 'src/pch.hpp':  # read by every room with I/O, a use of none
                continue
            room = room_of(parts)
            if room not in ROOMS:
                found.append(f'{path}:1: no such room in the table: {room}')
                continue
            text = file.read_text()
            for match in INCLUDE.finditer(text):
                why = complaint(path, room, public, *match.groups())
                if why:
                    line = text.count('\n', 0, match.start(1)) + 1
                    found.append(f'{path}:{line}: {why}')
    return found


def unneeded(root):
    """The public headers that no other public header includes and no example, page or consumer names."""
    root = pathlib.Path(root)
    headers = sorted((root / 'include').rglob('*.hpp'))
    outside = [file for base in ('examples', 'docs', 'test/consumers') for file in sorted((root / base).rglob('*'))
               if file.suffix in ('.hpp', '.cpp', '.md') and 'decisions' not in file.parts]
    texts = {file: file.read_text() for file in (*headers, *outside)}
    found = []
    for header in headers:
        name = header.relative_to(root / 'include').as_posix()
        if not any(name in text for file, text in texts.items() if file != header):
            found.append(f'include/{name}:1: only sources need it: it belongs into src/')
    return found


if __name__ == '__main__':
    complaints = check(sys.argv[1]) + unneeded(sys.argv[1])
    print('\n'.join(complaints) or 'every include points down')
    sys.exit(bool(complaints))
