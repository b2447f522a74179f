// X's OAuth 2 beside its OAuth 1.0a.
#include "unit/providers/openid_fixture.hpp"

#include <coauth/twitter/provider.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using coauth::twitter::testing::fake_clock;
using coauth::twitter::testing::oauth;
using coauth::twitter::testing::run;
using providers::testing::addressed_transport;
using providers::testing::parameter;
using namespace std::chrono_literals;

namespace {

constexpr const char* x_token_url = "https://api.x.com/2/oauth2/token";
constexpr const char* x_me_url = "https://api.x.com/2/users/me";
constexpr const char* x_revoke_url = "https://api.x.com/2/oauth2/revoke";
constexpr const char* x_callback = "https://app.example/callback/x";

struct x_fixture {
    x_fixture()
    {
        options.client.clock = time;
        wire->respond(x_token_url, 200, x_tokens("access-canary", "refresh-canary"));
        wire->respond(x_me_url, 200, R"({"data":{"id":"12","name":"Jack","username":"jack","verified":false}})");
        wire->respond(x_revoke_url, 200, R"({"revoked":true})");
    }

    static std::string x_tokens(const std::string& access, const std::string& refresh)
    {
        return R"({"token_type":"bearer","expires_in":7200,"access_token":")" + access +
               R"(","scope":"users.read tweet.read offline.access","refresh_token":")" + refresh + "\"}";
    }
    static oauth2::app confidential() { return oauth2::app("x-client", secret("client-secret-canary")); }

    std::shared_ptr<login_provider> make(oauth2::app app = confidential())
    {
        options.oauth2_app = std::move(app);
        return twitter::provider(wire, oauth1::consumer("key", secret("consumer-canary")), options);
    }
    result<finished_login> sign_in(const std::shared_ptr<login_provider>& provider)
    {
        begun = run(provider->begin(x_callback, login_request())).value();
        return run(provider->finish(*begun, x_callback, "state=" + begun->key + "&code=code-canary"));
    }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<addressed_transport> wire = std::make_shared<addressed_transport>();
    twitter::provider_options options;
    std::optional<begun_login> begun;
};

const credential x_old_credential(secret("oauth1 oauth_token=12-t&oauth_token_secret=s&user_id=12"));

} // namespace

TEST_CASE("x by OAuth 2: a login at x.com, client_id always sent, the profile by /2/users/me")
{
    x_fixture f;
    const auto provider = f.make();
    CHECK(provider->name() == "x");
    const auto finished = f.sign_in(provider);
    REQUIRE(finished);
    CHECK(f.begun->url.starts_with("https://x.com/i/oauth2/authorize?response_type=code&client_id=x-client&"));
    CHECK(parameter(f.begun->url, "scope") == "tweet.read users.read offline.access");
    CHECK(parameter(f.begun->url, "code_challenge_method") == "S256");
    CHECK(provider->key_of("state=abc&code=d").value() == "abc");
    CHECK_FALSE(provider->key_of("oauth_token=abc&oauth_verifier=d"));
    const http::request& sent = f.wire->last("/2/oauth2/token");
    CHECK(parameter(sent.body, "client_id") == "x-client");
    CHECK(parameter(sent.body, "code") == "code-canary");
    CHECK(sent.headers.get("Authorization").starts_with("Basic "));
    CHECK(f.wire->last("/2/users/me").headers.get("Authorization") == "Bearer access-canary");
    CHECK(finished->user.provider == "x");
    CHECK(finished->user.id == "12");
    CHECK(finished->user.username == "jack");
    CHECK(finished->held.renewable());
    CHECK(finished->held.expires_at() == std::chrono::sys_seconds(1'700'007'200s));

    x_fixture open;
    REQUIRE(open.sign_in(open.make(oauth2::app("x-client"))));
    CHECK(open.wire->last("/2/oauth2/token").headers.count("Authorization") == 0);
    CHECK(parameter(open.wire->last("/2/oauth2/token").body, "client_id") == "x-client");
}

TEST_CASE("x by OAuth 2: renewal rotates, revocation ends both tokens, and client_id is always sent")
{
    x_fixture f;
    const auto provider = f.make();
    const credential held = f.sign_in(provider).value().held;
    f.wire->forget(x_token_url);
    f.wire->respond(x_token_url, 200, x_fixture::x_tokens("second", "next"));
    const auto renewed = run(provider->renew(held));
    REQUIRE(renewed);
    CHECK(parameter(f.wire->last("/2/oauth2/token").body, "client_id") == "x-client");
    CHECK(parameter(f.wire->last("/2/oauth2/token").body, "refresh_token") == "refresh-canary");
    f.wire->forget(x_token_url);
    f.wire->respond(x_token_url, 400,
        R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})");
    CHECK(run(provider->renew(held)).error().reason() == errc::token_revoked);
    REQUIRE(run(provider->revoke(*renewed)));
    CHECK(f.wire->count("/2/oauth2/revoke") == 2);
    CHECK(parameter(f.wire->last("/2/oauth2/revoke").body, "client_id") == "x-client");
}

TEST_CASE("x by OAuth 2: X's own refusals of a code and of the app")
{
    const std::pair<std::pair<int, const char*>, errc> rows[] = {
        {{400,
             R"({"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."})"},
            errc::invalid_verifier},
        {{401, R"({"error":"unauthorized_client","error_description":"Missing valid authorization header"})"},
            errc::invalid_credentials},
        {{400, R"({"error":"invalid_request","error_description":"Missing required parameter [grant_type]."})"},
            errc::provider_error},
    };
    for (const auto& [response, expected] : rows) {
        x_fixture f;
        f.wire->forget(x_token_url);
        f.wire->respond(x_token_url, response.first, response.second);
        const auto refused = f.sign_in(f.make());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(std::string(refused.error().what()).find("canary") == std::string::npos);
    }
}

TEST_CASE("x by OAuth 2: accounts of both kinds look users up, each by its own credential")
{
    x_fixture f;
    f.options.client.api = twitter::api_version::v1_1;
    const auto provider = f.make();
    const auto bearing = provider->open(f.sign_in(provider).value().held);
    REQUIRE(bearing->directory() != nullptr);
    CHECK_FALSE(bearing->directory()->one_limit); // API 2, even if the options say 1.1
    f.wire->respond("https://api.x.com/2/users/by", 200, R"({"data":[{"id":"12","name":"Jack","username":"jack"}]})");
    const auto found = run(bearing->look_up({user_ref("jack"), user_ref("absent")}));
    REQUIRE(found);
    CHECK(found->outcomes[0].outcome == lookup_outcome::found);
    CHECK(found->outcomes[1].outcome == lookup_outcome::not_found);
    CHECK(f.wire->last("/2/users/by").headers.get("Authorization") == "Bearer access-canary");
    CHECK(run(bearing->me()).value().id == "12");
    f.wire->respond("https://api.x.com/2/tweets", 200, "{}");
    http::request post = http::get("https://api.x.com/2/tweets");
    post.headers.add("Authorization", "Bearer other");
    CHECK(run(bearing->call(post)));
    CHECK(f.wire->seen.back().headers.count("Authorization") == 1);
    CHECK(f.wire->seen.back().headers.get("Authorization") == "Bearer access-canary");
    CHECK_THROWS_AS(static_cast<void>(bearing->call(http::get("https://x.com/2/tweets"))), error);

    const auto signing = provider->open(x_old_credential);
    f.wire->respond(
        "https://api.x.com/1.1/users/lookup.json", 200, R"([{"id_str":"12","screen_name":"jack","name":"Jack"}])");
    REQUIRE(run(signing->look_up({user_ref("jack")})));
    CHECK(oauth(f.wire->seen.back(), "oauth_token") == "12-t");
}

TEST_CASE("x by OAuth 2: a refused bearer token is token_revoked, so that it is renewed, and no clock is corrected")
{
    for (const char* body :
        {"", R"({"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"})",
            R"({"errors":[{"code":89,"message":"Invalid or expired token."}]})",
            R"({"errors":[{"code":32,"message":"Could not authenticate you."}]})"}) {
        x_fixture f;
        const auto account = f.make()->open(credential(secret("oauth2 token_type=bearer&access_token=access-canary")));
        http::response refused;
        refused.status = 401;
        refused.headers.add("Date", "Tue, 14 Nov 2023 22:23:20 GMT"); // ten minutes on
        refused.body = body;
        f.wire->forget(x_me_url);
        f.wire->respond(x_me_url, refused);
        CHECK(run(account->me()).error().reason() == errc::token_revoked);
        CHECK(f.wire->seen.size() == 1);
    }
}

TEST_CASE("x by OAuth 2: an app without a consumer key opens no credential of OAuth 1.0a, and one without a client ID "
          "renews none")
{
    x_fixture f;
    const auto bearing = twitter::provider(f.wire, x_fixture::confidential(), f.options);
    CHECK(f.sign_in(bearing));
    try {
        bearing->open(x_old_credential);
        FAIL("a credential of OAuth 1.0a was opened");
    } catch (const error& refused) {
        CHECK(refused.reason() == errc::token_revoked);
    }
    const credential held(
        secret("oauth2 token_type=bearer&access_token=a&refresh_token=b"), std::nullopt, std::nullopt, true);
    f.options.oauth2_app.reset();
    const auto signing = twitter::provider(f.wire, oauth1::consumer("key", secret("s")), f.options);
    CHECK(run(signing->open(held)->me()));
    CHECK_THROWS_AS(static_cast<void>(signing->renew(held)), error);
    CHECK(run(signing->revoke(held)));
    CHECK(f.wire->count("/2/oauth2/revoke") == 0);
    CHECK(signing->key_of("oauth_token=abc&oauth_verifier=d").value() == "abc");
}

TEST_CASE("x by OAuth 2: other bases, and the e-mail address where it is wanted")
{
    x_fixture f;
    f.options.client.endpoints = twitter::endpoints("https://sandbox.example");
    f.options.client.want_email = true;
    const begun_login begun = run(f.make()->begin(x_callback, login_request())).value();
    CHECK(begun.url.starts_with("https://sandbox.example/i/oauth2/authorize?"));
    CHECK(parameter(begun.url, "scope") == "tweet.read users.read offline.access users.email");
    f.options.oauth2_authorize_base = "https://login.example";
    CHECK(run(f.make()->begin(x_callback, login_request()))
              ->url.starts_with("https://login.example/i/oauth2/authorize?"));
    f.options.oauth2_authorize_base = "http://login.example";
    CHECK_THROWS_AS(f.make(), error);
}
