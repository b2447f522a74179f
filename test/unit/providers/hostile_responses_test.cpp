// Responses that no provider should give: each ends typed, and sends nothing to anyone it was not meant for.
#include "unit/providers/openid_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::providers::testing;

namespace {

struct hostile_row {
    hostile_row(int new_status, std::string new_body, errc new_expected)
        : status(new_status), body(std::move(new_body)), expected(new_expected)
    {}

    int status;
    std::string body;
    errc expected;
};

const std::string hostile_page = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>";

std::string nested(std::size_t depth)
{
    return R"({"access_token":)" + std::string(depth, '[') + std::string(depth, ']') + '}';
}

// Errors may be shown and logged: none of the canaries is in one.
void check_error(const error& refused, errc expected)
{
    CHECK(refused.reason() == expected);
    const std::string shown =
        describe(refused) + refused.what() + refused.provider_message() + refused.provider_error();
    CHECK(shown.find("canary") == std::string::npos);
}

std::vector<hostile_row> hostile_token_responses()
{
    const std::string token = R"({"access_token":"access-canary","token_type":"Bearer")";
    std::vector<hostile_row> rows = {
        {200, "", errc::malformed_response},
        {200, hostile_page, errc::malformed_response},
        {200, std::string(5 * 1024 * 1024, ' '), errc::response_too_large},
        {200, std::string(5 * 1024 * 1024, '['), errc::response_too_large},
        {200, nested(100), errc::malformed_response},
        {200, "[]", errc::malformed_response},
        {200, "null", errc::malformed_response},
        {200, "{}", errc::malformed_response},
        {200, "{\"access_token\"", errc::malformed_response},
        {200, R"({"access_token":null,"token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":"","token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":7,"token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":"a b","token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":"a\r\nX-Header: b","token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":"a","access_token":"b","token_type":"Bearer"})", errc::malformed_response},
        {200, R"({"access_token":"access-canary"})", errc::malformed_response},
        {200, R"({"access_token":"access-canary","token_type":"mac"})", errc::malformed_response},
        {200, token + R"(,"expires_in":-1})", errc::malformed_response},
        {200, token + R"(,"expires_in":0})", errc::malformed_response},
        {200, token + R"(,"expires_in":1e300})", errc::malformed_response},
        {200, token + R"(,"expires_in":99999999999999999999})", errc::malformed_response},
        {200, token + R"(,"expires_in":"soon"})", errc::malformed_response},
        {200, token + R"(,"expires_in":[3600]})", errc::malformed_response},
        {200, token + R"(,"refresh_token":["refresh-canary"]})", errc::malformed_response},
        {200, token + "}", errc::id_token_rejected},
        {200, token + R"(,"id_token":7})", errc::malformed_response},
        {200, R"({"error":"invalid_grant","error_description":"code-canary was used"})", errc::invalid_verifier},
        {400, R"({"error":"invalid_grant"})", errc::invalid_verifier},
        {401, R"({"error":"invalid_client","error_description":"client-secret-canary"})", errc::invalid_credentials},
        {400, R"({"error":"invalid_scope"})", errc::invalid_scope},
        {400, R"({"error":"unauthorized_client"})", errc::invalid_credentials},
        {400, R"({"error":"x\u0000y"})", errc::provider_error},
        {400, hostile_page, errc::malformed_response},
        {302, "", errc::unexpected_redirect},
        {307, "", errc::unexpected_redirect},
        {308, hostile_page, errc::unexpected_redirect},
        {429, "", errc::rate_limited},
        {500, hostile_page, errc::provider_unavailable},
        {503, "", errc::provider_unavailable},
    };
    return rows;
}

std::vector<hostile_row> hostile_discovery_documents()
{
    return {
        {200, "", errc::malformed_response},
        {200, hostile_page, errc::malformed_response},
        {200, "[]", errc::malformed_response},
        {200, std::string(5 * 1024 * 1024, ' '), errc::response_too_large},
        {200, discovery_body("", "https://evil.example"), errc::malformed_response},
        {200, discovery_body("", "https://op.example/"), errc::malformed_response},
        {200, discovery_body("", "https://OP.example"), errc::malformed_response},
        {200, discovery_body(R"(,"issuer":"https://op.example")"), errc::malformed_response},
        {200, R"({"issuer":"https://op.example"})", errc::malformed_response},
        {200,
            R"({"issuer":"https://op.example","authorization_endpoint":"https://op.example/a","token_endpoint":"https://op.example/t"})",
            errc::malformed_response},
        {200,
            R"({"issuer":"https://op.example","authorization_endpoint":"http://op.example/a","token_endpoint":"https://op.example/t"})",
            errc::malformed_response},
        {200,
            R"({"issuer":"https://op.example","authorization_endpoint":"javascript:alert","token_endpoint":"https://op.example/t"})",
            errc::malformed_response},
        {301, "", errc::unexpected_redirect},
        {404, hostile_page, errc::provider_error},
        {401, "", errc::provider_error},
        {429, "", errc::rate_limited},
        {500, "", errc::provider_unavailable},
    };
}

std::vector<hostile_row> hostile_key_sets()
{
    return {
        {200, "", errc::malformed_response},
        {200, hostile_page, errc::malformed_response},
        {200, R"({"keys":[]})", errc::malformed_response},
        {200, R"({"keys":{}})", errc::malformed_response},
        {200, R"({"keys":[{"kty":"oct","k":"AAAA"}]})", errc::malformed_response},
        {200, R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})", errc::malformed_response},
        {200, std::string(5 * 1024 * 1024, '['), errc::response_too_large},
        {200, nested(1000), errc::malformed_response},
        {302, "", errc::unexpected_redirect},
        {404, "", errc::provider_error},
        {503, "", errc::provider_unavailable},
    };
}

std::vector<hostile_row> hostile_profiles()
{
    return {
        {200, "", errc::malformed_response},
        {200, hostile_page, errc::malformed_response},
        {200, "[]", errc::malformed_response},
        {200, "{}", errc::malformed_response},
        {200, nested(100), errc::malformed_response},
        {200, R"({"sub":null})", errc::malformed_response},
        {200, R"({"sub":7})", errc::malformed_response},
        {200, R"({"sub":""})", errc::malformed_response},
        {200, R"({"sub":"u-7\u0000"})", errc::malformed_response},
        {200, R"({"sub":"u-7","sub":"u-8"})", errc::malformed_response},
        {200, R"({"sub":")" + std::string(256, 'u') + "\"}", errc::malformed_response},
        {200, R"({"sub":"u-8"})", errc::malformed_response},
        {200, R"({"sub":"u-7","name":")" + std::string(300 * 1024, 'n') + "\"}", errc::response_too_large},
        {302, "", errc::unexpected_redirect},
        {401, R"({"error":"invalid_token","error_description":"access-canary"})", errc::token_revoked},
        {403, R"({"error":"insufficient_scope"})", errc::access_level},
        {404, hostile_page, errc::not_found},
        {429, "", errc::rate_limited},
        {500, "", errc::provider_unavailable},
    };
}

} // namespace

TEST_CASE("hostile responses: a token response that is none ends the login, and nothing else is asked")
{
    for (const hostile_row& each : hostile_token_responses()) {
        CAPTURE(each.status);
        CAPTURE(each.body.substr(0, 100));
        openid_fixture f;
        const begun_login begun = f.begin();
        const auto refused = f.finish(begun, each.status, each.body);
        REQUIRE_FALSE(refused);
        check_error(refused.error(), each.expected);
        CHECK(f.wire->count("/token") == 1);
        CHECK(f.wire->count("/userinfo") == 0);
        CHECK(f.wire->count("/jwks") == 0);
    }
}

TEST_CASE("hostile responses: a renewal whose response is none fails, by the refusal's own meaning")
{
    for (const hostile_row& each : hostile_token_responses()) {
        if (each.expected == errc::id_token_rejected)
            continue;
        CAPTURE(each.body.substr(0, 100));
        openid_fixture f;
        const auto finished = f.sign_in();
        REQUIRE(finished);
        std::string body = each.body; // a renewal has another secret than a login
        if (const std::size_t code = body.find("code-canary"); code != std::string::npos)
            body.replace(code, 11, "refresh-canary");
        f.wire->forget(op_token);
        f.wire->respond(op_token, each.status, body);
        const auto refused = run(f.provider->renew(finished->held));
        REQUIRE_FALSE(refused);
        check_error(refused.error(), each.expected == errc::invalid_verifier ? errc::token_revoked : each.expected);
    }
}

TEST_CASE("hostile responses: a discovery document that is none begins no login, and is not kept")
{
    for (const hostile_row& each : hostile_discovery_documents()) {
        CAPTURE(each.status);
        CAPTURE(each.body.substr(0, 200));
        openid_fixture f;
        f.wire->forget(op_discovery);
        f.wire->respond(op_discovery, each.status, each.body);
        const auto refused = run(f.provider->begin(app_callback, login_request()));
        REQUIRE_FALSE(refused);
        check_error(refused.error(), each.expected);
        for (const http::request& sent : f.wire->seen)
            CHECK(sent.target == "/.well-known/openid-configuration");
        f.wire->forget(op_discovery);
        f.wire->respond(op_discovery, 200, discovery_body());
        CHECK(run(f.provider->begin(app_callback, login_request())));
    }
}

TEST_CASE("hostile responses: keys that are none end the login and its tokens, and are not kept")
{
    for (const hostile_row& each : hostile_key_sets()) {
        CAPTURE(each.status);
        CAPTURE(each.body.substr(0, 100));
        openid_fixture f;
        f.wire->forget(op_keys);
        f.wire->respond(op_keys, each.status, each.body);
        const auto refused = f.sign_in();
        REQUIRE_FALSE(refused);
        check_error(refused.error(), each.expected);
        CHECK(f.wire->count("/userinfo") == 0);
        CHECK(f.wire->count("/revoke") == 2);
        f.wire->forget(op_keys);
        f.wire->respond(op_keys, 200, openid_keys());
        CHECK(f.sign_in());
    }
}

TEST_CASE("hostile responses: a profile that is none ends the login and its tokens")
{
    for (const hostile_row& each : hostile_profiles()) {
        CAPTURE(each.status);
        CAPTURE(each.body.substr(0, 100));
        openid_fixture f;
        f.wire->forget(op_user);
        f.wire->respond(op_user, each.status, each.body);
        const auto refused = f.sign_in();
        REQUIRE_FALSE(refused);
        check_error(refused.error(), each.expected);
        CHECK(f.wire->count("/revoke") == 2);
    }
}

TEST_CASE("hostile responses: the largest profile and the longest id are read, and nothing beyond")
{
    openid_fixture f;
    const auto account = f.provider->open(f.sign_in().value().held);
    const auto read = [&](const std::string& id, std::size_t size) {
        std::string body = R"({"sub":")" + id + "\"}";
        body.resize(std::max(size, body.size()), ' ');
        f.wire->forget(op_user);
        f.wire->respond(op_user, 200, body);
        return run(account->me());
    };
    CHECK(read("u-7", 256 * 1024));
    CHECK(read("u-7", 256 * 1024 + 1).error().reason() == errc::response_too_large);
    CHECK(read(std::string(255, 'u'), 0).value().id.size() == 255);
    CHECK(read(std::string(256, 'u'), 0).error().reason() == errc::malformed_response);
}

TEST_CASE("hostile responses: a connection that is lost at any step ends the login typed, and the code is sent once")
{
    for (const char* address : {op_discovery, op_token, op_keys, op_user})
        for (const errc reason : {errc::timeout, errc::connection_lost, errc::tls_failed, errc::resolve_failed}) {
            openid_fixture f;
            const begun_login other = f.begin();
            f.time->pass(std::chrono::hours(1));
            f.wire->forget(address);
            f.wire->respond(op_token, 200,
                openid_fixture::token_body(
                    openid_key().sign(openid_fixture::claims(other, "1700000600", "1700004200"))));
            f.wire->forget(address);
            f.wire->fail(address, error(reason));
            const auto refused = run(f.provider->finish(other, app_callback, openid_fixture::query(other)));
            REQUIRE_FALSE(refused);
            CHECK(refused.error().reason() == reason);
            CHECK(f.wire->count("/token") <= 1);
        }
}

TEST_CASE("hostile responses: what is optional in a profile and odd is absent, and the login goes on")
{
    openid_fixture f;
    f.wire->forget(op_user);
    f.wire->respond(op_user, 200,
        R"({"sub":"u-7","name":"A\u0007da","picture":"http://op.example/p.png","website":"javascript:alert",)"
        R"("email":"ada\u0000@example.org","email_verified":true,"preferred_username":7})");
    const auto finished = f.sign_in();
    REQUIRE(finished);
    CHECK(finished->user.name == "Ada");
    CHECK_FALSE(finished->user.picture);
    CHECK_FALSE(finished->user.url);
    CHECK_FALSE(finished->user.email);
    CHECK_FALSE(finished->user.email_verified);
    CHECK(finished->user.username.empty());
    f.wire->forget(op_user);
    f.wire->respond(op_user, 200, R"({"sub":"u-7","email":"ada.example.org"})");
    CHECK_FALSE(f.sign_in()->user.email);
    for (const auto& [member, expected] : {std::pair(R"("email_verified":"true")", std::optional(true)),
             std::pair(R"("email_verified":"false")", std::optional(false)),
             std::pair(R"("email_verified":false)", std::optional(false)),
             std::pair(R"("email_verified":1)", std::optional<bool>()),
             std::pair(R"("locale":"de")", std::optional<bool>())}) {
        f.wire->forget(op_user);
        f.wire->respond(op_user, 200, R"({"sub":"u-7","email":"ada@example.org",)" + std::string(member) + '}');
        CHECK(f.sign_in()->user.email_verified == expected);
    }
}
