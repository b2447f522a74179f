// Google: an OpenID provider with two spellings of its issuer.
#include "unit/providers/openid_fixture.hpp"

#include <coauth/providers/google.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

TEST_CASE("google: offline access, both spellings of the issuer, and the hosted domain is checked, not only asked for")
{
    openid_fixture f;
    providers::google_options options;
    options.issuer = "https://op.example";
    options.hosted_domain = "example.org";
    f.provider = providers::google(f.wire, oauth2::app("app-1", secret("s")), options, f.time);
    CHECK(f.provider->name() == "google");
    login_request request;
    request.ask_again = true;
    const begun_login begun = f.begin(request);
    CHECK(parameter(begun.url, "access_type") == "offline");
    CHECK(parameter(begun.url, "hd") == "example.org");
    CHECK(parameter(begun.url, "prompt") == "consent");
    const auto with_domain = [&](const std::string& issuer, const std::string& added) {
        const std::string claims =
            openid_fixture::claims(begun, "\"iss\":\"https://op.example\"", "\"iss\":\"" + issuer + '"' + added);
        return f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(claims)));
    };
    for (const char* issuer : {"https://op.example", "op.example"}) {
        const auto finished = with_domain(issuer, ",\"hd\":\"example.org\"");
        REQUIRE(finished);
        CHECK(finished->user.provider == "google");
    }
    CHECK(with_domain("//op.example", ",\"hd\":\"example.org\"").error().reason() == errc::id_token_rejected);
    for (const char* domain : {"", ",\"hd\":\"evil.example\"", ",\"hd\":null", ",\"hd\":[\"example.org\"]"}) {
        const auto refused = with_domain("https://op.example", domain);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::id_token_rejected);
        CHECK(refused.error().message().find("hosted_domain") != std::string::npos);
    }
}

TEST_CASE("google: a clock that is behind needs the leeway that the options allow")
{
    for (const auto leeway : {60s, 300s}) {
        openid_fixture f;
        providers::google_options options;
        options.issuer = "https://op.example";
        options.leeway = leeway;
        f.provider = providers::google(f.wire, oauth2::app("app-1", secret("s")), options, f.time);
        const begun_login begun = f.begin();
        const std::string claims = openid_fixture::claims(begun, "\"iat\":1699999990", "\"iat\":1700000200");
        CHECK(f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(claims))).has_value() ==
              (leeway == 300s));
    }
}

TEST_CASE("google: a login that fails leaves the user's grant, and signing out ends it")
{
    openid_fixture f;
    providers::google_options options;
    options.issuer = "https://op.example";
    f.provider = providers::google(f.wire, oauth2::app("app-1", secret("s")), options, f.time);
    const auto held = f.sign_in();
    REQUIRE(held);
    f.wire->forget(op_user);
    f.wire->respond(op_user, 200, R"({"sub":"u-8"})");
    CHECK(f.sign_in().error().reason() == errc::malformed_response);
    const begun_login begun = f.begin();
    CHECK(f.finish(begun, 200, openid_fixture::token_body("x.y.z")).error().reason() == errc::id_token_rejected);
    CHECK(run(f.provider->discard(held->held)));
    CHECK(f.wire->count("/revoke") == 0);
    CHECK(run(f.provider->revoke(held->held)));
    CHECK(f.wire->count("/revoke") == 2);
}

TEST_CASE("google: client_id is in the body of each request, with the secret where there is one")
{
    for (const char* app_secret : {"", "secret-1"}) {
        CAPTURE(app_secret);
        openid_fixture f;
        providers::google_options options;
        options.issuer = "https://op.example";
        f.provider = providers::google(f.wire, oauth2::app("app-1", secret(app_secret)), options, f.time);
        f.wire->respond(op_device, 200,
            R"({"device_code":"d","user_code":"WDJB-MJHT","verification_url":"https://op.example/go","expires_in":60})");
        REQUIRE(f.sign_in());
        REQUIRE(run(f.provider->begin_device(login_request())));
        for (const char* path : {"/token", "/device"}) {
            const http::request& sent = f.wire->last(path);
            CHECK(parameter(sent.body, "client_id") == "app-1");
            CHECK(parameter(sent.body, "client_secret") == app_secret);
            CHECK(sent.headers.count("Authorization") == 0);
        }
    }
}
