// What the rules of a provider mean for its requests and profiles.
#include "unit/providers/social_fixture.hpp"

#include <coauth/providers/google.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* rules_user = "https://api.example/me";
constexpr const char* rules_details = "https://details.example/me";
constexpr const char* rules_token = "https://op.example/token";

struct rules_fixture {
    rules_fixture()
    {
        rules.authorize_url = "https://op.example/authorize";
        rules.token_url = rules_token;
        rules.user_url = rules_user;
        rules.read_user = [](std::string_view body) {
            profile user;
            user.id = body;
            return user;
        };
    }

    std::shared_ptr<login_provider> make() const
    {
        return providers::oauth2_provider(wire, oauth2::app("app-1"), rules, time);
    }
    std::shared_ptr<account> open() const
    {
        return make()->open(credential(secret("oauth2 token_type=bearer&access_token=access-canary")));
    }

    providers::oauth2_rules rules{"photos"};
    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<addressed_transport> wire = std::make_shared<addressed_transport>();
};

errc failure_of(const rules_fixture& f)
{
    try {
        f.make();
    } catch (const error& refused) {
        return refused.reason();
    }
    FAIL("the rules were taken");
    return errc();
}

} // namespace

TEST_CASE("oauth2_rules: a second request and its reader need each other, and the token goes to its origin too")
{
    rules_fixture f;
    f.rules.details_url = rules_details;
    CHECK(failure_of(f) == errc::invalid_argument);
    f.rules.read_details = [](profile& user, std::string_view body) { user.description = body; };
    f.wire->respond(rules_user, 200, "7").respond(rules_details, 200, "details");
    CHECK(run(f.open()->me()).value().description == "details");
    CHECK(run(f.open()->call(http::get("https://details.example/me?x=y"))));
    CHECK(f.wire->seen.back().headers.get("Authorization") == "Bearer access-canary");
    f.rules.details_url.clear();
    CHECK(failure_of(f) == errc::invalid_argument);
}

TEST_CASE("oauth2_rules: a profile without an id is malformed, and so is one whose reader throws")
{
    rules_fixture f;
    f.wire->respond(rules_user, 200, "");
    CHECK(run(f.open()->me()).error().reason() == errc::malformed_response);
    f.rules.read_user = [](std::string_view) -> profile { throw 7; };
    CHECK(run(f.open()->me()).error().reason() == errc::malformed_response);
}

TEST_CASE("oauth2_rules: a header of the caller's stays as it is, and the rules' are added where it has none")
{
    rules_fixture f;
    f.rules.api_headers.add("X-Version", "1");
    f.rules.api_headers.add("Accept", "application/vnd.photos");
    f.wire->respond(rules_user, 200, "7");
    http::request request = http::get(rules_user);
    request.headers.add("x-version", "2");
    REQUIRE(run(f.open()->call(request)));
    const http::fields& sent = f.wire->seen.back().headers;
    CHECK(sent.count("X-Version") == 1);
    CHECK(sent.get("X-Version") == "2");
    CHECK(sent.get("Accept") == "application/vnd.photos");
}

TEST_CASE("oauth2_rules: a refused renewal names a time to wait only if trying again may help")
{
    rules_fixture f;
    const credential held(secret("oauth2 token_type=bearer&access_token=a&refresh_token=r"), {}, {}, true);
    for (const auto& [status, waits] : {std::pair(400, false), std::pair(503, true), std::pair(429, true)}) {
        http::response response;
        response.status = status;
        response.headers.add("Retry-After", "7");
        response.body = R"({"error":"invalid_grant"})";
        f.wire->forget(rules_token);
        f.wire->respond(rules_token, response);
        const auto refused = run(f.make()->renew(held));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().retry_after().has_value() == waits);
    }
}

TEST_CASE("oauth2_rules: a parameter that two wishes share is in the authorize URL once")
{
    social_fixture f;
    login_request request;
    request.ask_again = true;
    request.force_login = true;
    CHECK(parameter(run(f.github()->begin(app_callback, request)).value().url, "prompt") == "select_account");
    CHECK(parameter(run(f.facebook()->begin(app_callback, request)).value().url, "auth_type") ==
          "rerequest reauthenticate");
}

TEST_CASE("oidc: a public app stays one where the document lists only ways that take a secret, and no leeway is one")
{
    openid_fixture f;
    std::string document = discovery_body();
    document.replace(document.find("\"client_secret_basic\","), 22, "");
    f.wire->forget(op_discovery);
    f.wire->respond(op_discovery, 200, document);
    providers::oidc_options options;
    options.leeway = 0s;
    f.provider = providers::oidc(f.wire, oauth2::app("app-1"), "https://op.example", options, f.time);
    REQUIRE(f.sign_in());
    CHECK(parameter(f.wire->last("/token").body, "client_id") == "app-1");
    CHECK(parameter(f.wire->last("/token").body, "client_secret").empty());
}

TEST_CASE("google: a callback may name either spelling of the issuer, and access is offline only where that is wanted")
{
    openid_fixture f;
    providers::google_options options;
    options.issuer = "https://op.example";
    options.offline = false;
    f.provider = providers::google(f.wire, oauth2::app("app-1", secret("s")), options, f.time);
    for (const auto& [issuer, is_good] : {std::pair("op.example", true), std::pair("https%3A%2F%2Fop.example", true),
             std::pair("https%3A%2F%2Fop.example%2F", false), std::pair("evil.example", false)}) {
        const begun_login begun = f.begin();
        CHECK(parameter(begun.url, "access_type").empty());
        f.wire->forget(op_token);
        f.wire->respond(op_token, 200, openid_fixture::token_body(openid_key().sign(openid_fixture::claims(begun))));
        const std::string query = "code=code-canary&state=" + begun.key + "&iss=" + issuer;
        CHECK(run(f.provider->finish(begun, app_callback, query)).has_value() == is_good);
    }
    CHECK(f.wire->count("/token") == 2);
}
