// Texts as a fuzzer makes them: each text that a provider or a browser sends, cut short at every octet, and with every octet
// changed to each of those that mean something. A text is read or refused with a code of its kind, and never takes long.
#include "oauth2/endpoint.hpp"
#include "oauth2/signing_key.hpp"

#include <coauth/oauth2/callback.hpp>
#include <coauth/oauth2/device.hpp>
#include <coauth/oauth2/discovery.hpp>
#include <coauth/oauth2/id_token.hpp>
#include <coauth/oauth2/jws.hpp>
#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/oauth2/token_response.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace oauth2 = coauth::oauth2;
using coauth::errc;

namespace {

constexpr std::string_view telling_octets = "\n \"%&+,-.0:=A[\\]_a{}\x7f\xc3\xff";

// Calls `check` with each text that is `whole` cut short or with one octet changed.
template <class Check>
void each_change(const std::string& whole, Check check)
{
    for (std::size_t size = 0; size < whole.size(); ++size)
        check(whole.substr(0, size));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char octet : std::string(telling_octets) + '\0') {
            if (whole[at] == octet)
                continue;
            std::string changed = whole;
            changed[at] = octet;
            check(changed);
        }
    }
}

template <class Result>
bool is_good_or(const Result& result, std::initializer_list<errc> expected)
{
    return result.has_value() || std::find(expected.begin(), expected.end(), result.error().reason()) != expected.end();
}

// `size` octets: between `head` and `tail` the filler.
std::string filled(const std::string& head, char filler, std::size_t size, const std::string& tail = "")
{
    return head + std::string(size - head.size() - tail.size(), filler) + tail;
}

bool is_token_response(const std::string& body)
{
    return oauth2::parse_token_response(oauth2::request_kind::code, 200, body).has_value();
}

} // namespace

TEST_CASE("hostile input: a callback is read or is invalid_argument")
{
    each_change("code=c%2F1&state=s-1&iss=https%3A%2F%2Fh&scope=a+b", [](const std::string& query) {
        const auto result = oauth2::parse_callback(query);
        if (!is_good_or(result, {errc::invalid_argument}))
            FAIL_CHECK(query);
        if (result && (result->state.empty() || result->code.empty() == result->error.empty()))
            FAIL_CHECK(query);
    });
}

TEST_CASE("hostile input: a token response is read or has a code of its kind")
{
    const std::string json =
        R"({"access_token":"t-1","token_type":"bearer","expires_in":3600,"scope":["a","b"],"x":{"y":[1.5e3,null,true,"\u00e9"]}})";
    const std::string form = "access_token=t-1&token_type=bearer&expires_in=3600&scope=a%2Cb";
    const std::string refusal = R"({"error":{"message":"m","type":"OAuthException","code":190}})";
    for (const std::string& whole : {json, form, refusal})
        each_change(whole, [](const std::string& body) {
            const auto result = oauth2::parse_token_response(oauth2::request_kind::refresh, 200, body);
            if (!is_good_or(result, {errc::malformed_response, errc::provider_error, errc::token_revoked,
                                        errc::rate_limited, errc::callback_refused, errc::invalid_credentials}))
                FAIL_CHECK(body);
            if (result &&
                (result->access_token.empty() || result->expires_in.value_or(std::chrono::seconds(1)).count() < 1))
                FAIL_CHECK(body);
        });
}

TEST_CASE("hostile input: a device prompt, a discovery document, a key set and a stored credential are read or refused")
{
    each_change(
        R"({"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://h/d","expires_in":1800,"interval":5})",
        [](const std::string& body) {
            if (!is_good_or(oauth2::parse_device_authorization(200, body), {errc::malformed_response}))
                FAIL_CHECK(body);
        });
    each_change(
        R"({"issuer":"https://h","authorization_endpoint":"https://h/a","token_endpoint":"https://h:1/t","jwks_uri":"https://[::1]/k"})",
        [](const std::string& body) {
            const auto result = oauth2::parse_discovery_document("https://h", body);
            if (!is_good_or(result, {errc::malformed_response}))
                FAIL_CHECK(body);
            if (result && (result->issuer != "https://h" || !result->token_endpoint.starts_with("https://")))
                FAIL_CHECK(body);
        });
    each_change(oauth2::jwk_set_text(std::vector{oauth2::signing_key::generate(oauth2::jws_algorithm::eddsa, "k")}),
        [](const std::string& body) {
            if (!is_good_or(oauth2::jwk_set::parse(body), {errc::malformed_response}))
                FAIL_CHECK(body);
        });
    each_change("oauth2 token_type=bearer&access_token=t&refresh_token=r&scope=a%20b", [](const std::string& text) {
        if (!is_good_or(oauth2::parse_stored_text(text), {errc::token_revoked}))
            FAIL_CHECK(text);
    });
}

TEST_CASE("hostile input: no change of an ID token is accepted")
{
    const auto key = oauth2::signing_key::generate(oauth2::jws_algorithm::eddsa, "k");
    const auto keys = oauth2::jwk_set::parse(oauth2::jwk_set_text(std::vector{key})).value();
    oauth2::id_token_rules rules;
    rules.issuers = {"i"};
    rules.client_id = "c";
    const std::chrono::sys_seconds now(std::chrono::seconds(1000));
    const std::string token = key.sign(R"({"iss":"i","aud":"c","sub":"s","exp":2000,"iat":999})");
    REQUIRE(oauth2::verify_id_token(token, keys, rules, now).has_value());
    each_change(token, [&](const std::string& changed) {
        if (oauth2::verify_id_token(changed, keys, rules, now))
            FAIL_CHECK(changed);
    });
}

TEST_CASE("hostile input: the largest text of each kind is read, and one that is larger by one is refused")
{
    const auto key = oauth2::signing_key::generate(oauth2::jws_algorithm::es256, "k");
    const std::string document =
        R"({"issuer":"https://h","authorization_endpoint":"https://h/a","token_endpoint":"https://h/t"})";
    const std::string token = R"({"token_type":"bearer","access_token":")";
    for (const std::size_t more : {std::size_t(0), std::size_t(1)}) {
        CAPTURE(more);
        const bool fits = more == 0;
        const std::string keys = oauth2::jwk_set_text(std::vector{key});
        CHECK(oauth2::jwk_set::parse(filled(keys, ' ', oauth2::max_jwk_set + more)).has_value() == fits);
        std::string many = key.jwk();
        for (std::size_t i = 1; i < oauth2::max_jwk_count + more; ++i)
            many += ",{}";
        CHECK(oauth2::jwk_set::parse("{\"keys\":[" + many + "]}").has_value() == fits);
        CHECK(oauth2::parse_jws(filled("eyJhbGciOiJFUzI1NiJ9.AAAA.", 'A', oauth2::max_jws + more)).has_value() == fits);
        const std::string padded = filled(document, ' ', oauth2::max_discovery_document + more);
        CHECK(oauth2::parse_discovery_document("https://h", padded).has_value() == fits);

        CHECK(is_token_response(filled(token + "t\"}", ' ', oauth2::max_token_response + more)) == fits);
        CHECK(is_token_response(token + std::string(16 * 1024 + more, 't') + "\"}") == fits);
        const auto life = static_cast<std::size_t>(oauth2::longest_token_life.count()) + more;
        CHECK(is_token_response(token + "t\",\"expires_in\":" + std::to_string(life) + '}') == fits);
        std::string form = "access_token=t&token_type=bearer";
        for (std::size_t i = 2; i < 100 + more; ++i)
            form += "&x" + std::to_string(i) + "=1";
        CHECK(is_token_response(form) == fits);
        const std::string prompt =
            R"({"device_code":"d","verification_uri":"https://h","expires_in":60,"user_code":")" +
            std::string(64 + more, 'u') + "\"}";
        CHECK(oauth2::parse_device_authorization(200, prompt).has_value() == fits);

        CHECK(oauth2::is_endpoint(filled("https://h/", 'a', 2048 + more)) == fits);
        CHECK(oauth2::is_endpoint("https://" + std::string(253 + more, 'h')) == fits);
    }
    for (const char* port : {"1", "65535"})
        CHECK(oauth2::is_endpoint(std::string("https://h:") + port));
}
