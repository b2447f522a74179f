// Ids in X's JSON.
#include "twitter/read_profile.hpp"
#include "twitter/read_tweets.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace coauth;
using namespace coauth::twitter;

namespace {

template <class Read>
std::string id_or_refusal(Read read)
{
    try {
        return read().id;
    } catch (const error& e) {
        REQUIRE(e.reason() == errc::malformed_response);
        return "refused";
    }
}

void check_id(const std::string& object, const std::string& expected)
{
    CAPTURE(object);
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const bool v2 = api == api_version::v2;
        const std::string body = v2 ? "{\"data\":" + object + '}' : object;
        CHECK(id_or_refusal([&] { return read_profile(api, body); }) == expected);
        CHECK(id_or_refusal([&] { return read_tweet(api, body); }) == expected);
        const std::string list = v2 ? "{\"data\":[" + object + "]}" : '[' + object + ']';
        const page<tweet> tweets = read_tweets(api, list);
        CHECK((tweets.items.empty() ? "refused" : tweets.items.front().id) == expected);
    }
}

} // namespace

TEST_CASE("values: an id is a text or an integer from 1 to 2^63-1, and nothing that lost digits")
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
    for (const row& r : good)
        check_id(r.body, r.id);
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
            R"({"id":"7\ud83d"})", "{\"id\":\"7\xff\"}"})
        check_id(bad, "refused");
}
