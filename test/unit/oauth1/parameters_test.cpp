#include "oauth1/encoded_parameters.hpp"
#include "oauth1/scratch.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signer.hpp>

#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <utility>

using namespace coauth;
using namespace coauth::oauth1;

TEST_CASE("parameters: a form is read in its order, with repeated and empty names")
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
    std::string url = "/path?";
    encode_form({{"", ""}, {"a", "b"}}, url);
    CHECK(url == "/path?=&a=b");
}

TEST_CASE("parameters: parameters are sorted by encoded name, then encoded value")
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
        // What is escaped sorts after the end of a name, and before all that is not.
        {{{"a{", "1"}, {"a", "2"}, {"a=", "3"}, {"a%", "4"}, {"a-", "5"}, {" ", "6"}, {"a ", "7"}},
            "%20=6&a=2&a%20=7&a%25=4&a%3D=3&a%7B=1&a-=5"},
        {{{"x", "b"}, {"x", "{"}, {"x", "b "}, {"x", ""}, {"x", "b-"}}, "x=&x=%7B&x=b&x=b%20&x=b-"},
        // %7B sorts before z.
        {{{"az", "1"}, {"a{", "2"}}, "a%7B=2&az=1"},
        {{{"x", "9"}, {"x", "10"}, {"x", ""}, {"x", "9"}}, "x=&x=10&x=9&x=9"},
        {{{"b", ""}, {"", "v"}}, "=v&b="},
        {{{"a", "\xc3\xa9"}, {"a", "z"}}, "a=%C3%A9&a=z"},
    };
    for (const auto& r : table)
        CHECK(normalize(r.list) == r.expected);
}

TEST_CASE("signer: the protocol's parameters are sorted in among those of the request")
{
    const signer by(consumer("coauth-ck-1", secret("s")), access_token("coauth-tk-1", secret("s")));
    const moment when("nonce-1", 1700000000);
    for (const std::string name : {"", "a", "oauth", "oauth-", "oauth.x", "oauthA", "oautha", "oauth~", "oauth a",
             "oauti", "~", "oauth_a", "oauth_d", "oauth_noncf", "oauth_tokem", "oauth_zzz", "oauth_"}) {
        CAPTURE(name);
        parameters all = {{"b", "1"}, {name, "2"}, {"p", "3"}};
        const std::string url = "https://h/p?" + encode_form(all);
        for (const auto& [protocol, value] :
            {std::pair("oauth_consumer_key", "coauth-ck-1"), std::pair("oauth_nonce", "nonce-1"),
                std::pair("oauth_signature_method", "HMAC-SHA1"), std::pair("oauth_timestamp", "1700000000"),
                std::pair("oauth_token", "coauth-tk-1"), std::pair("oauth_version", "1.0")})
            all.emplace_back(protocol, value);
        CHECK(by.explain(message("GET", url), when).value().normalized == normalize(all));
    }
}

TEST_CASE("parameters: what was read of a form that is refused is wiped")
{
    constexpr std::string_view password = "x_auth_password";
    struct alignas(scratch) room_for_one {
        char octets[sizeof(scratch)];
    } place{};
    const std::string_view memory(place.octets, sizeof place.octets);
    scratch* const made = new (place.octets) scratch;
    CHECK_FALSE(encoded_parameters(*made).add_form("a=" + std::string(password) + "%zz"));
    CHECK(memory.find(password) != memory.npos);
    made->~scratch();
    CHECK(memory.find(password) == memory.npos);
}

TEST_CASE("parameters: many need no memory of the program's default resource")
{
    std::string url = "https://api.x.com/1.1/users/show.json?a=1";
    for (int i = 0; i < 100; ++i)
        url += "&name-" + std::to_string(i) + "=value";
    const signer app(consumer("key", secret("secret")));
    moment now;
    now.renew(1'700'000'000);
    std::string header;
    std::pmr::memory_resource* const usual = std::pmr::set_default_resource(std::pmr::null_memory_resource());
    const auto outcome = app.sign(message("GET", url), now, header);
    std::pmr::set_default_resource(usual);
    CHECK(outcome);
}
