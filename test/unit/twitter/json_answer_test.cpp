#include "twitter/json_answer.hpp"
#include "twitter/json_members.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;

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

template <class Read>
std::optional<errc> refusal_of_member(std::string_view body, Read read)
{
    const json_answer answer = read_json(body);
    try {
        read(answer.root().as_object());
        return std::nullopt;
    } catch (const error& e) {
        return e.reason();
    }
}

} // namespace

TEST_CASE("one JSON text is read, with white space around it")
{
    for (const char* good : {"{}", "[]", "null", "1", "\"a\"", " {\"a\":[1,2,{\"b\":null}]}\r\n\t",
             "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "\"\\ud83d\\ude00\""})
        CHECK_MESSAGE(!refusal_to_read(good), good);
}

TEST_CASE("everything else is refused with a type")
{
    for (const char* bad : {"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{'a':1}", "{a:1}", "nul", "01", "1.", "+1", "NaN",
             "Infinity", "[1] [2]", "{}x", "\"a", "\"\t\"", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"",
             "\"\\ud800\\u0041\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "// c\n{}", "/**/{}",
             "\xef\xbb\xbf{}", "<html></html>", "oauth_token=a"})
        CHECK_MESSAGE(refusal_to_read(bad) == errc::malformed_response, bad);
    CHECK(refusal_to_read(std::string("{}\0", 3)) == errc::malformed_response);
}

TEST_CASE("depth and size have bounds")
{
    CHECK_FALSE(refusal_to_read(nested(max_json_depth)));
    CHECK(refusal_to_read(nested(max_json_depth + 1)) == errc::malformed_response);
    CHECK(refusal_to_read(std::string(100'000, '[')) == errc::malformed_response);
    CHECK_FALSE(refusal_to_read(std::string(max_json_body - 2, ' ') + "{}"));
    CHECK(refusal_to_read(std::string(max_json_body - 1, ' ') + "{}") == errc::response_too_large);
}

TEST_CASE("a member named twice in one object is refused, wherever the object is")
{
    for (const char* bad : {R"({"id":"1","id":"2"})", R"({"a":[{"id":1,"x":0,"id":1}]})",
             R"({"a":{"b":{"c":1,"c":2}}})", R"({"\u0069d":1,"id":2})"})
        CHECK_MESSAGE(refusal_to_read(bad) == errc::malformed_response, bad);

    // An object with so many members is a hash table inside.
    std::string many = "{";
    for (int i = 0; i < 1000; ++i)
        many += "\"k" + std::to_string(i) + "\":1,";
    CHECK_FALSE(refusal_to_read(many + "\"last\":1}"));
    CHECK(refusal_to_read(many + "\"k500\":1}") == errc::malformed_response);
}

TEST_CASE("an HTML page instead of JSON is named as one")
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

TEST_CASE("ids: a text or an integer from 1 to 2^63-1, and nothing that lost digits")
{
    const auto read_id = [](const boost::json::object& o) { return own_id(o); };

    struct row {
        const char* body;
        const char* id;
    };
    const row good[] = {
        {R"({"id_str":"1"})", "1"},
        {R"({"id_str":"783214","id":783214})", "783214"},
        {R"({"id_str":"9007199254740993","id":9007199254740992})", "9007199254740993"}, // 2^53+1
        {R"({"id_str":"9223372036854775807"})", "9223372036854775807"},
        {R"({"id_str":"20","id":2e1})", "20"},
        {R"({"id_str":"20","id":null})", "20"},
        {R"({"id":"20"})", "20"},
        {R"({"id":20})", "20"},
        {R"({"id":1})", "1"},
        {R"({"id":9007199254740993})", "9007199254740993"},
        {R"({"id":9223372036854775807})", "9223372036854775807"},
        {R"({"id_str":null,"id":20})", "20"},
        {R"({"id":"1234567890123456789"})", "1234567890123456789"},
    };
    for (const row& r : good) {
        const json_answer answer = read_json(r.body);
        CHECK_MESSAGE(own_id(answer.root().as_object()) == r.id, r.body);
    }
    for (const char* bad :
        {R"({})", R"({"id":null})", R"({"id":0})", R"({"id":-1})", R"({"id":1.0})", R"({"id":1e3})", R"({"id":0.5})",
            R"({"id":9223372036854775808})", R"({"id":18446744073709551615})", R"({"id":18446744073709551616})",
            R"({"id":1e400})", R"({"id":-9223372036854775808})", R"({"id":true})", R"({"id":[1]})", R"({"id":{"a":1}})",
            R"({"id":""})", R"({"id":"0"})", R"({"id":"007"})", R"({"id":"-1"})", R"({"id":"+1"})", R"({"id":"1.0"})",
            R"({"id":"1e3"})", R"({"id":" 1"})", R"({"id":"1 "})", R"({"id":"1\n"})", R"({"id":"1\u0000"})",
            R"({"id":"9223372036854775808"})", R"({"id":"9999999999999999999"})", R"({"id":"12345678901234567890"})",
            R"({"id":"0x10"})", R"({"id":"\u0661"})", R"({"id":"abc"})", R"({"id_str":"","id":20})",
            R"({"id_str":20.5,"id":20})", R"({"id_str":"007","id":7})", R"({"id_str":false,"id":7})"})
        CHECK_MESSAGE(refusal_of_member(bad, read_id) == errc::malformed_response, bad);
}

TEST_CASE("counts are whole numbers from 0")
{
    const auto read_count = [](const boost::json::object& o) { return find_count(o, "n"); };
    CHECK(find_count(read_json(R"({"n":0})").root().as_object(), "n") == 0);
    CHECK(find_count(read_json(R"({"n":9223372036854775807})").root().as_object(), "n") == INT64_MAX);
    CHECK_FALSE(find_count(read_json(R"({"n":null})").root().as_object(), "n"));
    CHECK_FALSE(find_count(read_json(R"({})").root().as_object(), "n"));
    for (const char* bad :
        {R"({"n":-1})", R"({"n":1.5})", R"({"n":1e3})", R"({"n":1e400})", R"({"n":9223372036854775808})",
            R"({"n":18446744073709551616})", R"({"n":"1"})", R"({"n":true})", R"({"n":[]})"})
        CHECK_MESSAGE(refusal_of_member(bad, read_count) == errc::malformed_response, bad);
}

TEST_CASE("texts: empty is absent, a NUL is refused, and lines have no control characters")
{
    const auto read_text = [](const boost::json::object& o) { return find_text(o, "t"); };
    const auto read_line = [](const boost::json::object& o) { return find_line(o, "t"); };
    CHECK(find_text(read_json(R"({"t":"a\nb"})").root().as_object(), "t") == "a\nb");
    CHECK_FALSE(find_text(read_json(R"({"t":""})").root().as_object(), "t"));
    CHECK_FALSE(find_text(read_json(R"({"t":null})").root().as_object(), "t"));
    CHECK(refusal_of_member(R"({"t":"a\u0000b"})", read_text) == errc::malformed_response);
    CHECK(refusal_of_member(R"({"t":1})", read_text) == errc::malformed_response);
    for (const char* bad :
        {R"({"t":"a\u0000b"})", R"({"t":"a\nb"})", R"({"t":"a\tb"})", R"({"t":"\u001b[31m"})", "{\"t\":\"\x7f\"}"})
        CHECK_MESSAGE(refusal_of_member(bad, read_line) == errc::malformed_response, bad);
}
