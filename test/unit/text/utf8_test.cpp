#include <coauth/text/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace text = coauth::text;

TEST_CASE("utf8: well-formed is what RFC 3629 allows")
{
    for (const char* good : {"", "plain", "caf\xc3\xa9", "\xe2\x98\x83", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
             "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"}) {
        CHECK_MESSAGE(text::is_utf8(good), good);
        CHECK((text::character_size(good) != 0) == (*good != '\0'));
    }
    for (const char* bad : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
             "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
             "\xf5\x80\x80\x80", "\xff", "\xe2\x98", "ok\xe2\x98", "\xf0\x9f\x98"})
        CHECK_FALSE_MESSAGE(text::is_utf8(bad), bad);
}

TEST_CASE("utf8: a text is cut between characters only")
{
    CHECK(text::utf8_prefix("abc", 5) == "abc");
    CHECK(text::utf8_prefix("abc", 2) == "ab");
    const std::string snowmen = "\xe2\x98\x83\xe2\x98\x83";
    CHECK(text::utf8_prefix(snowmen, 6) == snowmen);
    CHECK(text::utf8_prefix(snowmen, 5) == "\xe2\x98\x83");
    CHECK(text::utf8_prefix(snowmen, 3) == "\xe2\x98\x83");
    CHECK(text::utf8_prefix(snowmen, 2) == "");
    CHECK(text::utf8_prefix("\x80\x80\x80", 1) == "");
    CHECK(text::utf8_prefix("\xf0\x9f\x98\x80", 3) == "");
    CHECK(text::utf8_prefix("\x80\x80\x80\x80\x80\x80", 5) == "\x80\x80"); // no character is as long as this run
}

TEST_CASE("utf8: a character has a size, and a text a number of characters")
{
    struct row {
        const char* text;
        std::size_t size, characters;
    };
    const row table[] = {
        {"", 0, 0},
        {"a", 1, 1},
        {"ab", 1, 2},
        {"\xc3\xa9z", 2, 2},
        {"\xe2\x98\x83\xe2\x98\x83", 3, 2},
        {"\xf0\x9f\x98\x80!", 4, 2},
        {"\x80", 0, 0},
        {"\xc3", 0, 1},
        {"\xc3z", 0, 2},
        {"\xed\xa0\x80", 0, 1},
        {"\xf4\x90\x80\x80", 0, 1},
        {"\xff", 0, 1},
    };
    for (const row& r : table) {
        CAPTURE(r.text);
        CHECK(text::character_size(r.text) == r.size);
        CHECK(text::count_characters(r.text) == r.characters);
    }
    CHECK(text::without_byte_order_mark("\xef\xbb\xbf{}") == "{}");
    CHECK(text::without_byte_order_mark("{}\xef\xbb\xbf") == "{}\xef\xbb\xbf");
}

TEST_CASE("utf8: a character is appended as RFC 3629 writes it")
{
    const std::pair<char32_t, const char*> table[] = {
        {U'a', "a"}, {0x7f, "\x7f"}, {0x80, "\xc2\x80"}, {0xe9, "\xc3\xa9"}, {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"}, {0x2603, "\xe2\x98\x83"}, {0xffff, "\xef\xbf\xbf"}, {0x10000, "\xf0\x90\x80\x80"},
        {0x1f600, "\xf0\x9f\x98\x80"}, {0x10ffff, "\xf4\x8f\xbf\xbf"},
        {0xd800, "\xed\xa0\x80"}, // a surrogate, of which no text is made
    };
    for (const auto& [code, written] : table) {
        std::string out = "<";
        text::append_character(code, out);
        CHECK(out == '<' + std::string(written));
    }
    std::string nul;
    text::append_character(0, nul);
    CHECK(nul == std::string(1, '\0'));
}

TEST_CASE("utf8: what is malformed becomes U+FFFD, once for each beginning of a character")
{
    struct row {
        const char* text;
        const char* characters; // between bars
    };
    const row table[] = {
        {"a\xc3\xa9z", "a|\xc3\xa9|z"},
        {"\xe2\x98\x83\xf0\x9f\x98\x80", "\xe2\x98\x83|\xf0\x9f\x98\x80"},
        {"\xff\xfe", "\xef\xbf\xbd|\xef\xbf\xbd"},
        {"\x80z", "\xef\xbf\xbd|z"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xf0\x9f\x98z", "\xef\xbf\xbd|z"},
        {"\xe2\x98\xc3\xa9", "\xef\xbf\xbd|\xc3\xa9"},
        {"\xc0\xaf", "\xef\xbf\xbd|\xef\xbf\xbd"},
        {"\xed\xa0\xbd", "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd"},
    };
    for (const row& r : table) {
        CAPTURE(r.text);
        std::string_view rest = r.text;
        std::string characters;
        while (!rest.empty()) {
            characters += characters.empty() ? "" : "|";
            characters += text::take_character(rest);
        }
        CHECK(characters == r.characters);
    }
}
