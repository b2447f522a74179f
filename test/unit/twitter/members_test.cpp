// Ids in X's JSON.
#include "text/json_body.hpp"
#include "twitter/members.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using coauth::text::json_body;
using coauth::text::read_json;
using namespace coauth::twitter;

namespace {

std::optional<errc> refusal_of_own_id(std::string_view text)
{
    const json_body body = read_json(text);
    try {
        own_id(body.root().as_object());
        return std::nullopt;
    } catch (const error& e) {
        return e.reason();
    }
}

} // namespace

TEST_CASE("members: an id is a text or an integer from 1 to 2^63-1, and nothing that lost digits")
{
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
        const json_body body = read_json(r.body);
        CHECK_MESSAGE(own_id(body.root().as_object()) == r.id, r.body);
    }
    for (const char* bad :
        {R"({})", R"({"id":null})", R"({"id":0})", R"({"id":-1})", R"({"id":1.0})", R"({"id":1e3})", R"({"id":0.5})",
            R"({"id":9223372036854775808})", R"({"id":18446744073709551615})", R"({"id":18446744073709551616})",
            R"({"id":1e400})", R"({"id":-9223372036854775808})", R"({"id":true})", R"({"id":[1]})", R"({"id":{"a":1}})",
            R"({"id":""})", R"({"id":"0"})", R"({"id":"007"})", R"({"id":"-1"})", R"({"id":"+1"})", R"({"id":"1.0"})",
            R"({"id":"1e3"})", R"({"id":" 1"})", R"({"id":"1 "})", R"({"id":"1\n"})", R"({"id":"1\u0000"})",
            R"({"id":"9223372036854775808"})", R"({"id":"9999999999999999999"})", R"({"id":"12345678901234567890"})",
            R"({"id":"0x10"})", R"({"id":"\u0661"})", R"({"id":"abc"})", R"({"id_str":"","id":20})",
            R"({"id_str":20.5,"id":20})", R"({"id_str":"007","id":7})", R"({"id_str":false,"id":7})",
            R"({"id":7,"id":7})", R"({"id_str":"7","id":7,"id":8})", R"({"id_str":"7","id_str":"7","id":7})",
            R"({"id":"7\ud83d"})", "{\"id\":\"7\xff\"}"}) {
        CHECK_MESSAGE(refusal_of_own_id(bad) == errc::malformed_response, bad);
        const json_body body = read_json(bad);
        CHECK_MESSAGE(!find_own_id(body.root().as_object()), bad);
    }
}
