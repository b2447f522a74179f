#include "api/json_members.hpp"
#include "text/json_body.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::api;
using namespace coauth::text;

namespace {

// The code that reading fails with, or none.
std::optional<errc> refusal_to_read(std::string_view body)
{
    try {
        read_json(body);
        return std::nullopt;
    } catch (const error& e) {
        return e.reason();
    }
}

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST_CASE("json_body: one JSON text is read, with white space around it")
{
    for (const char* good : {"{}", "[]", "null", "1", "\"a\"", " {\"a\":[1,2,{\"b\":null}]}\r\n\t",
             "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "\"\\ud83d\\ude00\"", "\xef\xbb\xbf{}",
             "\xef\xbb\xbf [1]"})
        CHECK_MESSAGE(!refusal_to_read(good), good);
}

TEST_CASE("json_body: everything else is refused with a type")
{
    for (const char* bad : {"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{'a':1}", "{a:1}", "nul", "01", "1.", "+1", "NaN",
             "Infinity", "[1] [2]", "{}x", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud83\"", "\"\\ud800", "\"\\ud800\\",
             "\"\\ud800\\\"", "\\ud800", "{\\ud800}", "[\x01]", "\xff", "[\"\xff\",]", "// c\n{}", "/**/{}",
             "\xef\xbb\xbf\xef\xbb\xbf{}", "{}\xef\xbb\xbf", "<html></html>", "oauth_token=a"})
        CHECK_MESSAGE(refusal_to_read(bad) == errc::malformed_response, bad);
    CHECK(refusal_to_read(std::string("{}\0", 3)) == errc::malformed_response);
}

TEST_CASE("json_body: depth and size have bounds")
{
    CHECK_FALSE(refusal_to_read(nested(max_json_depth)));
    CHECK(refusal_to_read(nested(max_json_depth + 1)) == errc::malformed_response);
    CHECK(refusal_to_read(std::string(100'000, '[')) == errc::malformed_response);
    CHECK_FALSE(refusal_to_read(std::string(max_json_body - 2, ' ') + "{}"));
    CHECK(refusal_to_read(std::string(max_json_body - 1, ' ') + "{}") == errc::response_too_large);
}

TEST_CASE("json_body: what is illegal in a text is repaired, and nothing else is")
{
    struct row {
        std::string body;
        std::string text;
    };
    const std::string half = "\xef\xbf\xbd";
    const row table[] = {
        {R"("\ud83d")", half}, {R"("\uDE00")", half}, {R"("\ude00\ud83d")", half + half},
        {R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"}, {R"("\uD83D\uDE00\uD83D")", "\xf0\x9f\x98\x80" + half},
        {R"("\ud83d\ud83d\ude00\ude00")", half + "\xf0\x9f\x98\x80" + half}, {R"("\ud83d\"x\\")", half + "\"x\\"},
        {R"("\ud83d\u005c\u005cude00")", half + "\\\\ude00"}, {R"("\\ud83d")", "\\ud83d"},
        {R"("\\ud83d\ud83d")", "\\ud83d" + half}, {R"("\\\ud83d")", "\\" + half},
        {R"("\ud83d\\ude00")", half + "\\ude00"}, {R"("\ud83d\n")", half + "\n"}, {"\"a\tb\x01\n\"", "a\tb\x01\n"},
        {std::string("\"\0\"", 3), std::string(1, '\0')}, {"\"\x1f\\ud83d\"", "\x1f" + half},
        {"\"\xff\xed\xa0\x80\"", "\xff\xed\xa0\x80"}, // its readers repair it
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        const json_body whole = read_json(r.body);
        const auto& text = whole.root().as_string();
        CHECK(std::string_view(text.data(), text.size()) == r.text);
        const json_body inside = read_json("{\"" + std::string(40, 'k') + "\":[" + r.body + ",\"\"]}\n");
        const auto& first = inside.root().as_object().begin()->value().as_array().front().as_string();
        CHECK(std::string_view(first.data(), first.size()) == r.text);
    }
    // As a name, too.
    CHECK(read_json(R"({"\ud83d":1})").root().as_object().contains(half));
    CHECK(refusal_to_read("\"\\ud83d\"" + nested(max_json_depth + 1)) == errc::malformed_response);
    CHECK(refusal_to_read('[' + nested(max_json_depth) + ",\"\\ud83d\"]") == errc::malformed_response);
}

TEST_CASE("json_body: a number that no double can hold costs no other")
{
    const json_body parsed = read_json(
        R"({"a":1e99999999999,"b":-1E+123456,"c":0e999,"d":7,"e":"1e99999999999","f":1e5,"g":[0.5e-999999]})");
    const auto& root = parsed.root().as_object();
    CHECK(root.at("a").is_null());
    CHECK(root.at("b").is_null());
    CHECK_FALSE(is_repeated(root.at("c")));
    CHECK(root.at("d").as_int64() == 7);
    CHECK(root.at("e").as_string() == "1e99999999999");
    CHECK(root.at("f").is_double());
    CHECK(root.at("g").at(0).is_null());
}

TEST_CASE("json_body: a member named twice in one object is marked, wherever the object is")
{
    const auto repeated = [](const json_body& parsed, std::initializer_list<const char*> path) {
        const boost::json::value* value = &parsed.root();
        for (const char* step : path)
            value = value->is_array() ? &value->as_array().front() : &value->as_object().at(step);
        return is_repeated(*value);
    };
    CHECK(repeated(read_json(R"({"id":"1","id":"1"})"), {"id"}));
    CHECK(repeated(read_json(R"({"id":"1","x":0,"id":{"id":1,"id":2},"id":3})"), {"id"}));
    CHECK(repeated(read_json(R"({"a":[{"id":1,"x":0,"id":1}]})"), {"a", "", "id"}));
    CHECK_FALSE(repeated(read_json(R"({"a":[{"id":1,"x":0,"id":1}]})"), {"a", "", "x"}));
    CHECK(repeated(read_json(R"({"a":{"b":{"c":1,"c":2}}})"), {"a", "b", "c"}));
    CHECK(repeated(read_json(R"({"\u0069d":1,"id":2})"), {"id"}));
    CHECK(repeated(read_json(R"({"a":[{"a":1},{"a":2}],"b":"\ud83d","a":2})"), {"a"}));
    CHECK_FALSE(repeated(read_json(R"({"a":[{"a":1},{"a":2}],"b":{"a":null},"c":0.5})"), {"a"}));

    // An object with so many members is a hash table inside.
    std::string many = "{";
    for (int i = 0; i < 1000; ++i)
        many += "\"k" + std::to_string(i) + "\":1,";
    const json_body once = read_json(many + "\"last\":1}");
    const json_body twice = read_json(many + "\"k500\":1,\"k7\":1}");
    for (const auto& member : once.root().as_object())
        CHECK_FALSE(is_repeated(member.value()));
    REQUIRE(twice.root().as_object().size() == 1000);
    for (const auto& member : twice.root().as_object())
        CHECK(is_repeated(member.value()) == (member.key() == "k500" || member.key() == "k7"));
}

TEST_CASE("json_body: an HTML page instead of JSON is named as one")
{
    try {
        read_json("\n<!DOCTYPE html><html></html>");
        FAIL("read");
    } catch (const error& e) {
        CHECK(e.reason() == errc::malformed_response);
        REQUIRE(e.hint());
        CHECK(e.hint()->find("base URL") != std::string::npos);
    }
}

TEST_CASE("json_members: a count is a whole number from 0, and anything else is absent")
{
    const auto count_in = [](const char* body) { return find_count(read_json(body).root().as_object(), "n"); };
    CHECK(count_in(R"({"n":0})") == 0);
    CHECK(count_in(R"({"n":9223372036854775807})") == INT64_MAX);
    for (const char* odd : {R"({})", R"({"n":null})", R"({"n":-1})", R"({"n":1.0})", R"({"n":1.5})", R"({"n":1e3})",
             R"({"n":1e400})", R"({"n":9223372036854775808})", R"({"n":18446744073709551616})", R"({"n":"1"})",
             R"({"n":true})", R"({"n":[]})", R"({"n":{}})", R"({"n":1,"n":1})"})
        CHECK_MESSAGE(!count_in(odd), odd);
}

TEST_CASE("json_members: texts are repaired, one-line texts have no control characters, and empty is absent")
{
    struct row {
        std::string value;
        const char* line;
        const char* text;
    };
    const row table[] = {
        {R"("a b")", "a b", "a b"},
        {R"("a\nb\r\nc")", "abc", "a\nb\r\nc"},
        {R"("a\tb")", "ab", "a b"},
        {R"("a\u0000b")", "ab", "ab"},
        {R"("\u001b[31m")", "[31m", "[31m"},
        {"\"\x7f\"", nullptr, nullptr},
        {R"("\n")", nullptr, "\n"},
        {R"("\u0080\u009f\u00a0")", "\xc2\xa0", "\xc2\xa0"},
        {"\"a\xff\"", "a\xef\xbf\xbd", "a\xef\xbf\xbd"},
        {R"("")", nullptr, nullptr},
        {"null", nullptr, nullptr},
        {"1", nullptr, nullptr},
        {R"(["a"])", nullptr, nullptr},
    };
    const auto same = [](const std::optional<std::string>& text, const char* expected) {
        return expected ? text == std::string(expected) : !text;
    };
    for (const row& r : table) {
        CAPTURE(r.value);
        const json_body parsed = read_json("{\"t\":" + r.value + '}');
        CHECK(same(find_line(parsed.root().as_object(), "t"), r.line));
        CHECK(same(find_text(parsed.root().as_object(), "t"), r.text));
    }
    CHECK_FALSE(find_text(read_json(R"({"t":"a","t":"a"})").root().as_object(), "t"));
}
