#!/usr/bin/env python3
"""Each file of include/ and src/ includes the headers of the standard library and of Boost whose names it uses, itself or through
the project's headers that it includes.

The compiler can't tell where it has precompiled headers, which hold most of these for all. Usage: includes.py ROOT
"""
import functools
import pathlib
import re
import sys

# The names of the standard library, after `std::`, by their header.
STANDARD = {
    'algorithm': r'(?:all_of|any_of|none_of|find|find_if|find_if_not|count|count_if|sort|stable_sort|copy|copy_n|copy_if|clamp|'
                 r'max|min|minmax|max_element|min_element|equal|search|remove_if|replace|reverse|transform|fill|fill_n|'
                 r'lower_bound|upper_bound|equal_range|unique|mismatch|generate|is_sorted|adjacent_find)\s*[(<]',
    'array': r'array\s*<', 'atomic': r'atomic\s*<|atomic_(?:bool|int|flag)\b', 'bitset': r'bitset\s*<',
    'charconv': r'(?:from_chars|to_chars)\s*\(', 'chrono': r'chrono::', 'cmath': r'(?:floor|ceil|isfinite|isnan|pow|lround|llround)\s*\(',
    'condition_variable': r'condition_variable\b', 'cstdlib': r'(?:getenv|abort|exit)\s*\(',
    'cstdint': r'u?int(?:8|16|32|64)_t\b', 'cstring': r'(?:memcpy|memcmp|memset|memchr|strlen)\s*\(', 'ctime': r'(?:time_t|tm|gmtime)\b',
    'deque': r'deque\s*<', 'exception': r'(?:exception_ptr|current_exception|rethrow_exception|make_exception_ptr)\b',
    'fstream': r'[io]?fstream\b', 'functional': r'function\s*<', 'iostream': r'(?:cout|cerr|cin|clog)\b',
    'latch': r'latch\b', 'list': r'list\s*<', 'map': r'(?:multi)?map\s*<', 'memory': r'(?:unique_ptr|shared_ptr|weak_ptr|make_shared|make_unique|enable_shared_from_this)\b',
    'mutex': r'(?:mutex|lock_guard|unique_lock|scoped_lock|once_flag|call_once)\b', 'new': r'bad_alloc\b', 'numeric': r'accumulate\s*\(',
    'optional': r'optional\s*<|nullopt\b', 'queue': r'(?:priority_)?queue\s*<', 'random': r'(?:mt19937|uniform_int_distribution)',
    'set': r'(?:multi)?set\s*<', 'shared_mutex': r'shared_(?:mutex|lock)\b', 'span': r'span\s*<',
    'stdexcept': r'(?:runtime_error|logic_error|invalid_argument|out_of_range)\b', 'string': r'(?:string|to_string|getline|stoi|stoul)\b',
    'string_view': r'string_view\b', 'system_error': r'(?:error_code|errc|system_error|generic_category|system_category)\b',
    'thread': r'(?:j?thread|this_thread)\b', 'tuple': r'(?:tuple\s*<|make_tuple|tie\s*\()', 'type_traits': r'(?:is_same|enable_if|decay|remove_cvref)(?:_[vt])?\s*<',
    'unordered_map': r'unordered_(?:multi)?map\s*<', 'unordered_set': r'unordered_(?:multi)?set\s*<',
    'utility': r'(?:move|forward|exchange|swap|as_const)\s*(?:\(|<)|(?:pair\s*<|make_pair)', 'variant': r'(?:variant\s*<|visit\s*\(|holds_alternative)',
    'vector': r'vector\s*<',
}
# Other headers that will do, since they define or include the same.
ALSO = {
    'string_view': {'string'}, 'utility': {'map', 'tuple', 'unordered_map'}, 'cstdint': {'charconv', 'chrono', 'atomic'},
    'exception': {'stdexcept', 'new'}, 'new': {'memory'}, 'tuple': {'functional'},
    'fstream': {'iosfwd'}, 'string': {'sstream', 'iostream', 'fstream'}, 'mutex': {'condition_variable'},
    'type_traits': {'memory', 'utility', 'optional', 'functional', 'chrono', 'atomic'},
    'cmath': {'cstdlib'}, 'system_error': {'charconv'},  # for what `from_chars` gives
}
BOOST = {
    r'asio::awaitable\b': 'asio/awaitable.hpp', r'asio::co_spawn\b': 'asio/co_spawn.hpp', r'asio::any_io_executor\b': 'asio/any_io_executor.hpp',
    r'asio::use_awaitable\b': 'asio/use_awaitable.hpp', r'asio::(?:make_)?strand\b': 'asio/strand.hpp', r'asio::post\b': 'asio/post.hpp',
    r'asio::dispatch\b': 'asio/dispatch.hpp', r'asio::steady_timer\b': 'asio/steady_timer.hpp', r'asio::io_context\b': 'asio/io_context.hpp',
    r'asio::this_coro\b': 'asio/this_coro.hpp', r'asio::signal_set\b': 'asio/signal_set.hpp', r'ssl::stream\b': 'asio/ssl/stream.hpp',
    r'ssl::context\b': 'asio/ssl/context.hpp', r'\btcp::(?:socket|acceptor|resolver|endpoint)\b': 'asio/ip/tcp.hpp',
    r'beast::tcp_stream\b': 'beast/core/tcp_stream.hpp', r'beast::flat_buffer\b': 'beast/core/flat_buffer.hpp',
    r'beast::http::': 'beast/http', r'json::(?:object|array|value|parse|serialize)\b': 'json',
    r'asio::bind_cancellation_slot\b': 'asio/bind_cancellation_slot.hpp', r'asio::cancellation_signal\b': 'asio/cancellation_signal.hpp',
}
NEEDS = [(re.compile(r'(?<![\w:])std::(?:' + names + ')'), f'<{header}>', {header, *ALSO.get(header, ())})
         for header, names in STANDARD.items()]
BOOST_NEEDS = [(re.compile(names), header) for names, header in BOOST.items()]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
# Comments, and what stands in quotes.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"', re.S)


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cache
    def included(self, path):
        """What `path` includes from outside the project, itself or through the project's headers."""
        found = set()
        seen = set()

        def read(file):
            if file in seen:
                return
            seen.add(file)
            for quote, name in INCLUDE.findall(file.read_text()):
                project = self.root / ('include' if name.startswith('coauth/') else 'src') / name
                if project.exists():
                    read(project)
                elif quote == '<':
                    found.add(name)

        read(path)
        return frozenset(found)

    def complaints(self, path):
        code = NO_CODE.sub('', path.read_text())
        has = self.included(path)
        for pattern, shown, headers in NEEDS:
            if not headers & has and (match := pattern.search(code)):
                yield f'{path.relative_to(self.root)}: uses {match[0].strip()} and includes no {shown}'
        for pattern, header in BOOST_NEEDS:
            # "json" and "beast/http" are folders, too.
            if not any(each.startswith('boost/' + header) for each in has) and (match := pattern.search(code)):
                yield f'{path.relative_to(self.root)}: uses {match[0]} and includes no <boost/{header}>'


def check(root):
    tree = Tree(root)
    files = sorted(file for folder in ('include', 'src') for file in tree.root.glob(folder + '/**/*.[ch]pp') if file.name != 'pch.hpp')
    return [each for file in files for each in tree.complaints(file)]


if __name__ == '__main__':
    found = check(sys.argv[1])
    print('\n'.join(found) or 'each file includes what it uses')
    sys.exit(bool(found))
