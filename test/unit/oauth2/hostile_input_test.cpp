// Texts as a fuzzer makes them: each text that a provider or a browser sends, cut short at every octet, and with every octet
// changed to each of those that mean something. A text is read or refused with a code of its kind, and never takes long.
#include "oauth2/signing_key.hpp"

#include <coauth/oauth2/callback.hpp>
#include <coauth/oauth2/device.hpp>
#include <coauth/oauth2/discovery.hpp>
#include <coauth/oauth2/id_token.hpp>
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
