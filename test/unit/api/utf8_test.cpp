#include "api/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth::api;

TEST_CASE("UTF-8 is told from what only looks like it (RFC 3629)")
{
    for (const char* good : {"", "plain", "caf\xc3\xa9", "\xe2\x98\x83", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
             "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"})
        CHECK_MESSAGE(is_utf8(good), good);
    for (const char* bad : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
             "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
             "\xf5\x80\x80\x80", "\xff", "\xe2\x98", "ok\xe2\x98", "\xf0\x9f\x98"})
        CHECK_FALSE_MESSAGE(is_utf8(bad), bad);
}

TEST_CASE("a text is cut between characters only")
{
    CHECK(utf8_prefix("abc", 5) == "abc");
    CHECK(utf8_prefix("abc", 2) == "ab");
    const std::string snowmen = "\xe2\x98\x83\xe2\x98\x83";
    CHECK(utf8_prefix(snowmen, 6) == snowmen);
    CHECK(utf8_prefix(snowmen, 5) == "\xe2\x98\x83");
    CHECK(utf8_prefix(snowmen, 3) == "\xe2\x98\x83");
    CHECK(utf8_prefix(snowmen, 2) == "");
    CHECK(utf8_prefix("\x80\x80\x80", 1) == "");
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
            characters += take_character(rest);
        }
        CHECK(characters == r.characters);
    }
}
