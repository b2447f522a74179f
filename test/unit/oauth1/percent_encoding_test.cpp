#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/percent_encoding.hpp>

using namespace coauth;
using namespace coauth::oauth1;

TEST_CASE("encoding keeps the unreserved characters and escapes every other octet")
{
    const std::string kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (int octet = 0; octet < 256; ++octet) {
        const std::string one(1, static_cast<char>(octet));
        char escaped[4];
        std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(octet));
        CHECK(percent_encode(one) == (kept.find(one) != kept.npos ? one : std::string(escaped)));
        CHECK(percent_decode(percent_encode(one)).value() == one);
        CHECK(form_decode(percent_encode(one)).value() == one);
    }
}

TEST_CASE("decoding")
{
    CHECK(percent_decode("a%2bb+c").value() == "a+b+c");
    CHECK(form_decode("a%2Bb+c").value() == "a+b c");
    CHECK(form_decode("").value().empty());
    for (const char* bad : {"%", "%2", "a%2", "%%20", "%G0", "%0G", "abc%", "% 20", "%-1"}) {
        CAPTURE(bad);
        CHECK(percent_decode(bad).error().reason() == errc::invalid_argument);
        CHECK(form_decode(bad).error().reason() == errc::invalid_argument);
    }
}

TEST_CASE("a form is read as it stands")
{
    struct row {
        const char* text;
        parameters expected;
    };
    const row table[] = {
        {"", {}},
        {"a", {{"a", ""}}},
        {"a=", {{"a", ""}}},
        {"=v", {{"", "v"}}},
        {"=", {{"", ""}}},
        {"&&a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
        {"a=1&a=2&a=1", {{"a", "1"}, {"a", "2"}, {"a", "1"}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"a+b=c+d", {{"a b", "c d"}}},
        {"a[0][x]=1", {{"a[0][x]", "1"}}},
        {"a;b=1", {{"a;b", "1"}}},
        {"%3D=%26", {{"=", "&"}}},
    };
    for (const auto& r : table) {
        CAPTURE(r.text);
        CHECK((parse_form(r.text).value() == r.expected));
    }
    CHECK_FALSE(parse_form("a=%zz"));
    CHECK_FALSE(parse_form("%=1"));
    CHECK(encode_form({{"a b", "c&d"}, {"", ""}}) == "a%20b=c%26d&=");
}

TEST_CASE("parameters are sorted by encoded name, then encoded value")
{
    struct row {
        parameters list;
        const char* expected;
    };
    const row table[] = {
        {{}, ""},
        // A name that is a prefix of another: '-' sorts before '=' in the joined text, but "a" before "a-b".
        {{{"a-b", "1"}, {"a", "2"}}, "a=2&a-b=1"},
        {{{"a2", "1"}, {"a", "1"}}, "a=1&a2=1"},
        // %7B sorts before z.
        {{{"az", "1"}, {"a{", "2"}}, "a%7B=2&az=1"},
        {{{"x", "9"}, {"x", "10"}, {"x", ""}, {"x", "9"}}, "x=&x=10&x=9&x=9"},
        {{{"b", ""}, {"", "v"}}, "=v&b="},
        {{{"a", "\xc3\xa9"}, {"a", "z"}}, "a=%C3%A9&a=z"},
    };
    for (const auto& r : table)
        CHECK(normalize(r.list) == r.expected);
}
