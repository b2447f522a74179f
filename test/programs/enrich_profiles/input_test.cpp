#include "enrich_profiles/input.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;

namespace {

input of(std::string text)
{
    input i;
    i.text = std::move(text);
    return i;
}

// "@jack", "#12", or "-" for what can't be a user.
std::string meaning(const std::string& text, naming by)
{
    const auto user = user_of(of(text), by);
    if (!user)
        return "-";
    return (user->is_id() ? "#" : "@") + user->text();
}

} // namespace

TEST_CASE("input: an input is a name or an id")
{
    struct row {
        std::string text, by_default, as_name, as_id;
    };
    const std::vector<row> rows = {
        {"jack", "@jack", "@jack", "-"},
        {"@jack", "@jack", "@jack", "-"},
        {" \t jack \r", "@jack", "@jack", "-"},
        {" @Jack_1 ", "@Jack_1", "@Jack_1", "-"},
        {"12", "#12", "@12", "#12"},
        {" 12 ", "#12", "@12", "#12"},
        {"@12", "@12", "@12", "-"},
        {"1234567890123456789", "#1234567890123456789", "-", "#1234567890123456789"},
        {"12345678901234567890", "-", "-", "-"},
        {"012", "-", "@012", "-"},
        {"0", "-", "@0", "-"},
        {"fifteen_letters", "@fifteen_letters", "@fifteen_letters", "-"},
        {"sixteen__letters", "-", "-", "-"},
        {"@@jack", "-", "-", "-"},
        {"@ jack", "-", "-", "-"},
        {"@", "-", "-", "-"},
        {"", "-", "-", "-"},
        {"two words", "-", "-", "-"},
        {"a,b", "-", "-", "-"},
        {"-1", "-", "-", "-"},
        {"jack\xef\xbb\xbf", "-", "-", "-"},
        {std::string("ja\0ck", 5), "-", "-", "-"},
        {"https://x.com/jack", "-", "-", "-"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        CHECK(meaning(r.text, naming::digits_are_ids) == r.by_default);
        CHECK(meaning(r.text, naming::names) == r.as_name);
        CHECK(meaning(r.text, naming::ids) == r.as_id);
    }
}

TEST_CASE("input: a fault of the text itself makes any input invalid")
{
    input i = of("jack");
    i.fault = "a quote is never closed";
    const auto user = user_of(i, naming::digits_are_ids);
    REQUIRE(!user);
    CHECK(user.error().reason() == coauth::errc::invalid_argument);
    CHECK(user.error().message() == "a quote is never closed");
}

TEST_CASE("input: what is wrong with it says in which lines of IN it is")
{
    input i = of("two words");
    i.line = i.last_line = 7;
    CHECK(user_of(i, naming::digits_are_ids).error().message().starts_with("line 7: not a user name"));
    CHECK(user_of(i, naming::ids).error().message().starts_with("line 7: not an id"));
    i.last_line = 9;
    i.fault = "a quote is never closed";
    CHECK(user_of(i, naming::digits_are_ids).error().message() == "lines 7 to 9: a quote is never closed");
}

TEST_CASE("input: digits that are not an id get a hint how to be a name")
{
    CHECK(user_of(of("007"), naming::digits_are_ids).error().hint()->find("--by name") != std::string::npos);
    CHECK(!user_of(of("007"), naming::ids).error().hint());
}

TEST_CASE("input: a text becomes UTF-8, and well-formed UTF-8 is unchanged")
{
    struct row {
        std::string text, expected;
    };
    const std::string bad = "\xef\xbf\xbd";
    const std::vector<row> rows = {
        {"", ""},
        {"abc", "abc"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xff", bad},
        {"a\x80z", "a" + bad + "z"},
        {"\xc0\xaf", bad + bad},                     // overlong
        {"\xe0\x80\xaf", bad + bad + bad},           // overlong
        {"\xed\xa0\x80", bad + bad + bad},           // a surrogate
        {"\xf4\x90\x80\x80", bad + bad + bad + bad}, // above U+10FFFF
        {"\xe2\x82", bad + bad},                     // cut off
        {"\xe2\x82z", bad + bad + "z"},
        {"\xef\xbf\xbf", "\xef\xbf\xbf"},
        {"\xf0\x90\x80\x80", "\xf0\x90\x80\x80"},
        {"\xed\x9f\xbf", "\xed\x9f\xbf"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        CHECK(as_utf8(r.text) == r.expected);
    }
}
