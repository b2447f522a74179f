#!/usr/bin/env python3
"""Shows that each check fails on what it forbids and passes what it allows."""
import pathlib
import tempfile
import unittest

import binding_lint
import coroutine_lint
import headers_alone
import includes
import layering
import must_not_compile
import secret_lint
import shape
import snippets


def planted(files):
    """A tree with these files, by path."""
    root = tempfile.TemporaryDirectory()
    for path, text in files.items():
        file = pathlib.Path(root.name, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


class SecretLint(unittest.TestCase):
    def test_comparisons_that_tell_time(self):
        for line, complaints in [
            ('return a.reveal() == text;', 1), ('return text != token.secret().reveal();', 1), ('if (x->reveal()!="")', 1),
            ('std::memcmp(a, b, 3);', 1), ('a.reveal().starts_with(text);', 1), ('s.reveal() . compare(t)', 1),
            ('return a.matches(text);', 0), ('CRYPTO_memcmp(a, b, 3);', 0), ('// a.reveal() == b', 0),
            ('const auto text = a.reveal(); x == y;', 0), ('key_of(a.reveal(), b.reveal())', 0),
        ]:
            with self.subTest(line=line), planted({'src/room/a.cpp': 'int x;\n' + line + '\n'}) as root:
                found = secret_lint.check(root)
                self.assertEqual(len(found), complaints, found)
                self.assertTrue(all(each.startswith('src/room/a.cpp:2: ') for each in found), found)


class Layering(unittest.TestCase):
    def complaints(self, path, line):
        with planted({path: line + '\n'}) as root:
            return layering.check(root)

    def test_what_points_up_is_refused(self):
        for path, line in [
            ('include/coauth/secret.hpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/oauth1/signer.cpp', '#include <coauth/http/request.hpp>'),
            ('src/oauth1/signer.cpp', '#  include <boost/asio/post.hpp>'),
            ('src/error.cpp', '#include <boost/json.hpp>'),
            ('src/http/pool.cpp', '#include <coauth/twitter/client.hpp>'),
            ('src/http/pool.cpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/server/server.cpp', '#include <coauth/http/connection_pool.hpp>'),
            ('src/sandbox/provider.cpp', '#include <coauth/twitter/profile.hpp>'),
            ('src/sandbox/x/views.cpp', '#include <coauth/sandbox/kit/client.hpp>'),
            ('src/sandbox/provider.cpp', '#include "twitter/reader.hpp"'),
            ('src/http/pool.cpp', '#include "server/connection.hpp"'),
            ('src/sandbox/provider.cpp', '#include "command_line/help.hpp"'),
            ('src/attic/old.cpp', ''),
            ('include/coauth/http/request.hpp', '#include <boost/asio/ip/tcp.hpp>'),
            ('include/coauth/http/request.hpp', '#include <boost/json/value.hpp>'),
            ('src/store/memory_store.cpp', '#include "session/logins/ticket.hpp"'),
            ('include/coauth/secret.hpp', '#include <openssl/crypto.h>'),
            ('include/coauth/http/request.hpp', '#include "http/wire.hpp"'),
            ('include/coauth/http/request.hpp', '#include "coro/retry_allocation.hpp"'),
            ('src/oauth1/signer.cpp', '#include "coro/retry_allocation.hpp"'),
            ('src/error.cpp', '#include <coauth/text/percent_encoding.hpp>'),
            ('src/error.cpp', '#include "text/hex.hpp"'),
            ('include/coauth/text/utf8.hpp', '#include <coauth/error.hpp>'),
            ('src/text/utf8.cpp', '#include <coauth/secret.hpp>'),
            ('src/text/utf8.cpp', '#include <coauth/text/percent_encoding.hpp>'),
            ('src/text/base64.cpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/text/base64.cpp', '#include <coauth/coro/clock.hpp>'),
            ('src/text/base64.cpp', '#include <boost/asio/post.hpp>'),
            ('include/coauth/oauth1/signer.hpp', '#include "text/hex.hpp"'),
            ('src/text/base64.cpp', '#include "crypto/random.hpp"'),
            ('src/secret.cpp', '#include "crypto/random.hpp"'),
            ('src/crypto/hmac.cpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/crypto/hmac.cpp', '#include <boost/asio/post.hpp>'),
            ('src/crypto/hmac.cpp', '#include <boost/json/value.hpp>'),
            ('src/oauth1/signer.cpp', '#include <boost/json/value.hpp>'),
            ('src/oauth1/signer.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/text/utf8.cpp', '#include <boost/json/value.hpp>'),
            ('include/coauth/oauth2/app.hpp', '#include <boost/json/value.hpp>'),
            ('src/oauth2/app.cpp', '#include <boost/asio/post.hpp>'),
            ('src/oauth2/app.cpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/oauth2/app.cpp', '#include <coauth/http/request.hpp>'),
            ('src/oauth2/app.cpp', '#include "api/json_members.hpp"'),
            ('src/session/session.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/store/memory_store.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/site/login_site.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/providers/google.cpp', '#include "oauth2/signing_key.hpp"'),
            ('src/http/pool.cpp', '#include "crypto/random.hpp"'),
            ('include/coauth/session/login.hpp', '#include "crypto/random.hpp"'),
        ]:
            with self.subTest(path=path, line=line):
                found = self.complaints(path, line)
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(path + ':1: '))

    def test_what_points_down_is_fine(self):
        for path, line in [
            ('include/coauth/oauth1/signer.hpp', '#include <coauth/secret.hpp>'),
            ('include/coauth/coro/call_on.hpp', '#include <boost/asio/co_spawn.hpp>'),
            ('include/coauth/http/transport.hpp', '#include <boost/asio/awaitable.hpp>'),
            ('src/http/pool.cpp', '#include <boost/beast/http.hpp>'),
            ('src/http/pool.cpp', '#include "http/wire.hpp"'),
            ('src/server/server.cpp', '#include <coauth/http/fields.hpp>'),
            ('src/session/session.cpp', '#include "session/lookups/lookups.hpp"'),
            ('src/session/logins/ticket.cpp', '#include "session/shared_end.hpp"'),
            ('src/twitter/client.cpp', '#include <coauth/oauth1/signer.hpp>'),
            ('src/twitter/provider.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/providers/google.cpp', '#include <coauth/oauth2/app.hpp>'),
            ('src/oauth2/id_token.cpp', '#include <boost/json/array.hpp>'),
            ('src/oauth2/id_token.cpp', '#include "crypto/digest.hpp"'),
            ('src/text/json_body.cpp', '#include <boost/json/value.hpp>'),
            ('src/sandbox/provider.cpp', '#include "oauth2/signing_key.hpp"'),
            ('src/sandbox/provider.cpp', '#include <coauth/oauth1/verifier.hpp>'),
            ('src/sandbox/kit/client.cpp', '#include <coauth/twitter/client.hpp>'),
            ('src/sandbox/oauth1/logins.cpp', '#include "sandbox/world/world.hpp"'),
            ('src/sandbox/main/program.cpp', '#include "command_line/help.hpp"'),
            ('src/secret.cpp', '#include <openssl/crypto.h>'),
            ('src/session/lookups/lookups.cpp', '#include "coro/retry_allocation.hpp"'),
            ('src/error.cpp', '#include <coauth/text/utf8.hpp>'),
            ('include/coauth/text/utf8.hpp', '#include <coauth/export.hpp>'),
            ('include/coauth/text/percent_encoding.hpp', '#include <coauth/error.hpp>'),
            ('src/oauth1/signer.cpp', '#include "text/hex.hpp"'),
            ('src/crypto/rsa.hpp', '#include <coauth/error.hpp>'),
            ('src/crypto/rsa.cpp', '#include "text/base64.hpp"'),
            ('src/oauth1/hmac.cpp', '#include "crypto/hmac.hpp"'),
            ('src/session/login.cpp', '#include "crypto/random.hpp"'),
            ('src/sandbox/world/made_up_users.cpp', '#include <coauth/text/ascii.hpp>'),
        ]:
            with self.subTest(path=path, line=line):
                self.assertEqual(self.complaints(path, line), [])

    def test_a_header_that_only_sources_need_is_named(self):
        with planted({
            'include/coauth/a.hpp': '#include <coauth/b.hpp>',
            'include/coauth/b.hpp': '',
            'include/coauth/http/c.hpp': '',
            'include/coauth/http/d.hpp': '// #include <coauth/http/d.hpp>',
            'src/a.cpp': '#include <coauth/http/d.hpp>',
            'examples/e.cpp': '#include <coauth/http/c.hpp>',
            'docs/f.md': '`coauth/a.hpp`',
        }) as root:
            self.assertEqual(len(layering.unneeded(root)), 1)
            self.assertTrue(layering.unneeded(root)[0].startswith('include/coauth/http/d.hpp:1: '))


class HeadersAlone(unittest.TestCase):
    def test_a_header_that_no_file_includes_first_is_to_be_compiled(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {'include/coauth/a.hpp': '', 'include/coauth/b.hpp': '', 'include/coauth/c.hpp': '',
                               'src/a.cpp': '// x\n#include <coauth/a.hpp>\n#include <coauth/b.hpp>\n',
                               'test/programs/c.cpp': '#include <coauth/c.hpp>\n'}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            self.assertEqual(headers_alone.to_compile(root), ['coauth/b.hpp', 'coauth/c.hpp'])


class BindingLint(unittest.TestCase):
    def test_a_binding_that_is_captured_is_named(self):
        for body, found in [
            ('CAPTURE(a);', [(2, 'a')]), ('INFO("x" << b);', [(2, 'b')]), ('f([&] { g(a); });', [(2, 'a')]), ('CHECK(a == b);', []),
            ('CAPTURE(c);', []), ('const auto& c = a;\n        CAPTURE(c);', []), ('f([&c] { g(a); });', []),
        ]:
            with self.subTest(body=body):
                text = '    for (const auto& [a, b] : table) {\n        ' + body + '\n    }\n    CAPTURE(a);\n'
                self.assertEqual(list(binding_lint.faults(text)), found)
        text = '    const auto [a, b] = f();\n    CAPTURE(b);\n}\n    CAPTURE(a);\n'
        self.assertEqual(list(binding_lint.faults(text)), [(2, 'b')])


class Includes(unittest.TestCase):
    def test_a_name_whose_header_is_missing_is_named(self):
        for text, complaints in [
            ('std::string s;', ['uses std::string and includes no <string>']), ('#include <string>\nstd::string s;', []),
            ('#include "room/b.hpp"\nstd::string s;', []), ('#include <coauth/c.hpp>\nstd::string s;', []),
            ('// std::string', []), ('f("std::string");', []), ('my_std::string s;', []),
            ('std::move(s);', ['uses std::move( and includes no <utility>']), ('#include <map>\nstd::move(s);', []),
            ('std::sort(a, b);\nstd::max(1, 2);', ['uses std::sort( and includes no <algorithm>']),
            ('boost::asio::post(e, f);', ['uses asio::post and includes no <boost/asio/post.hpp>']),
            ('#include <boost/asio/post.hpp>\nasio::post(e, f);', []), ('#include <boost/json.hpp>\njson::parse(s);', []),
            ('json::parse(s);', ['uses json::parse and includes no <boost/json>']),
        ]:
            with self.subTest(text=text), planted({'src/room/a.cpp': text, 'src/room/b.hpp': '#include <string>\n',
                                                   'include/coauth/c.hpp': '#include "coauth/d.hpp"\n',
                                                   'include/coauth/d.hpp': '#include <string>\n'}) as root:
                self.assertEqual(includes.check(root), ['src/room/a.cpp: ' + each for each in complaints])


class MustNotCompile(unittest.TestCase):
    source = 'f();\n// refused: no f|not f\nf();\n\n// refused: no g\ng();\n'
    errors = "a.cpp:3:1: error: no f here\na.cpp:6:2: error: why\na.cpp:6:1: error: no g\nb.hpp:2:1: error: no\n"

    def complaints(self, words, source=source):
        return must_not_compile.judge(source, 'a.cpp', words)

    def test_each_line_is_refused_for_its_reason(self):
        self.assertEqual(self.complaints(self.errors), [])

    def test_a_line_that_compiles_fails_otherwise_or_should_compile_is_named(self):
        for words, complaint in [
            (self.errors.replace('a.cpp:3', 'b.hpp:3'), 'a.cpp:3: this compiles'),
            (self.errors.replace('no f', 'no h'), 'a.cpp:3: fails for another reason'),
            (self.errors + 'a.cpp:1:1: error: no f\n', 'a.cpp:1: fails as well'),
        ]:
            with self.subTest(words=words):
                self.assertEqual([text[:len(complaint)] for text in self.complaints(words)], [complaint])

    def test_a_file_that_refuses_nothing_is_named(self):
        self.assertEqual(len(self.complaints('', source='f();\n')), 1)


class Shape(unittest.TestCase):
    def test_each_fault_is_named(self):
        with planted({
            'src/http/long.cpp': '\n' * 401,
            'src/utils/a.cpp': '',
            'include/coauth/http/detail/b.hpp': '',
            'src/http/helpers.cpp': '',
            'cmake/x.cmake': '',
            'notes.txt': '',
        }) as root:
            found = '\n'.join(shape.check(root))
        for words in ['src/http/long.cpp: 401 lines', 'src/utils/a.cpp: "utils"', '"detail"', '"helpers"',
                      'cmake: does not', 'notes.txt: does not']:
            self.assertIn(words, found)
        self.assertEqual(found.count('\n'), 5)

    def test_an_ordinary_tree_is_fine(self):
        with planted({'src/http/pool.cpp': '\n' * 400, 'README.md': '', '.gitignore': '', 'build/dev/junk': ''}) as root:
            self.assertEqual(shape.check(root), [])


BAD = {
    'condition': [
        'if (co_await f()) g();',
        'if (x && co_await f()) { g(); }',
        'while (co_await f()) { }',
        'switch (co_await f()) { case 1: break; }',
        'for (int i = 0; i < co_await f(); ++i) g();',
        'else if (co_await f()) g();',
        'if constexpr (true) { if (!co_await f()) g(); }',
    ],
    'ternary': [
        'auto x = c ? co_await a() : co_await b();',
        'co_await f(c ? 1 : 2);',
    ],
    'lambda': [
        'co_await f([x] { return x; });',
        'co_await f([x = std::move(y)](int a) mutable -> int { return x + a; });',
        'auto r = co_await f([=] { g(); });',
        'auto r = co_await [s]() -> awaitable<int> { co_return 1; }();',
        'co_await f([&, x] { return x; });',
    ],
    'braces': [
        'co_await f({});',
        'co_await f(opts{.a = s});',
        'auto r = co_await f({.a = s, .b = 1});',
        'prof p{.a = x, .id = co_await g()};',
        'v.push_back(prof{co_await g()});',
        'co_return prof{co_await g()};',
        'std::vector<int> v{co_await g()};',
        'auto p = prof{.id = co_await g()};',
        'co_await f({{"a", "b"}});',
    ],
    'twice': ['auto x = co_await a() + co_await b();', 'co_await f(co_await g());'],
    'macro': ['CHECK(co_await f() == 1);', 'REQUIRE_THROWS(co_await f());', 'CHECK_EQ(1, co_await f());'],
}

GOOD = [
    'auto x = co_await f();',
    'co_return co_await f(std::move(y));',
    'auto [ec, n] = co_await f(a, b);',
    'if (x) { co_await f(); }',
    'if (x) co_await f();',
    'for (auto& x : co_await f()) g(x);',
    'auto r = co_await f([&] { return x; });',
    'auto r = co_await f([this] { return x; });',
    'auto r = co_await f([] { return 1; });',
    'auto r = co_await f(std::string("{"), \'?\', 1\'000);',
    '// if (co_await f())\n co_await g(); /* c ? a : b */',
    'co_return prof{1, 2};',
    'spawn(ex, [x]() -> awaitable<void> { co_await f(); }, detached);',
    'auto op = [x](int n) -> awaitable<int> { auto y = co_await f(n); co_return y + x; };',
    'auto r = co_await f(list[i], n);',
    'try { co_await f(); } catch (const error& e) { g(c ? 1 : 2); }',
    'auto x = c ? 1 : 2; co_await f(x); opts o{.a = 1};',
    'switch (x) { case 1: co_await f(); break; default: break; }',
    'do { co_await f(); } while (x);',
    '\n#define AWAIT(x) if (co_await x) \\\n g()\n co_await f();',
    'auto text = R"x(if (co_await f()) {)x"; co_await g();',
]


class CoroutineLint(unittest.TestCase):
    def faults(self, body):
        text = 'namespace n {\nclass c : b {\n  awaitable<int> f(int x = 1) const override\n{ ' + body + ' }\n};\n}\n'
        return {fault for _, fault in coroutine_lint.check_text(text)}

    def test_bad_forms_are_found(self):
        for fault, bodies in BAD.items():
            for body in bodies:
                for around in ['%s', 'auto g = [a](int n) -> awaitable<void> { %s };', 'TEST_CASE("x") { run([&] { %s }); }',
                               'int a_{1}; if (a) { %s } else { h(); }']:
                    with self.subTest(fault=fault, body=around % body):
                        self.assertIn(fault, self.faults(around % body))

    def test_good_forms_pass(self):
        for body in GOOD:
            for around in ['%s', 'auto g = [a](int n) -> awaitable<void> {\n %s };', 'run([&](auto x) mutable {\n %s });']:
                with self.subTest(body=around % body):
                    self.assertEqual(self.faults(around % body), set())

    def test_the_line_is_the_awaits_own(self):
        found = list(coroutine_lint.check_text('void f()\n{\n    g();\n    if (x ||\n        co_await h())\n        y();\n}\n'))
        self.assertEqual(found, [(5, 'condition')])


class Snippets(unittest.TestCase):
    source = ['void f()\n{\n    // [a\n    one();\n        two();\n    // ]\n}\n']

    def test_a_snippet_that_stands_in_a_source_passes(self):
        self.assertEqual(snippets.unknown('```cpp\none();\n    two();\n```\n', snippets.snippets_in(self.source)), [])

    def test_one_that_was_changed_is_refused(self):
        for shown in ('one();\n', 'one();\n    two(2);\n', 'three();\n'):
            self.assertTrue(snippets.unknown(f'```cpp\n{shown}```\n', snippets.snippets_in(self.source)))


if __name__ == '__main__':
    unittest.main()
