// GitHub and Facebook, each with its own paths and quirks.
#include "unit/providers/social_fixture.hpp"

#include <coauth/providers/app_from_environment.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

using namespace coauth;
using namespace coauth::providers::testing;

TEST_CASE("github: form responses, integer ids, comma-separated scopes, and the primary address by a second request")
{
    social_fixture f;
    f.github_responds(github_ada, 200,
        R"([{"email":"old@example.org","primary":false,"verified":true},{"email":"ada@example.org","primary":true,"verified":true}])");
    const auto provider = f.github();
    const auto finished = f.sign_in(provider);
    REQUIRE(finished);
    CHECK(f.begun->url.starts_with("https://github.com/login/oauth/authorize?"));
    CHECK(parameter(f.begun->url, "scope") == "read:user user:email");
    CHECK(finished->user.provider == "github");
    CHECK(finished->user.id == "583231");
    CHECK(finished->user.username == "ada");
    CHECK(finished->user.name == "ada");
    CHECK(finished->user.picture == "https://avatars.example/1");
    CHECK(finished->user.url == "https://ada.example");
    CHECK(finished->user.email == "ada@example.org");
    CHECK(finished->user.email_verified == true);
    CHECK(finished->scope == "read:user user:email");
    CHECK_FALSE(finished->held.renewable());
    CHECK_FALSE(finished->held.expires_at());
    const http::request& token = f.wire->last("/login/oauth/access_token");
    CHECK(parameter(token.body, "client_id") == "app-1");
    CHECK(parameter(token.body, "client_secret") == "coauth-app-secret");
    CHECK(token.headers.count("Authorization") == 0);
    const http::request& user = f.wire->last("/user");
    CHECK(user.headers.get("User-Agent").starts_with("coauth/"));
    CHECK(user.headers.get("Accept") == "application/vnd.github+json");
    CHECK(user.headers.get("X-GitHub-Api-Version") == "2022-11-28");
    CHECK(user.headers.get("Authorization") == "Bearer gho_canary");
}

TEST_CASE("github: an address that is not verified says so, and without the right to ask there is none")
{
    social_fixture f;
    const auto email_with = [&f](int status, const std::string& emails) {
        f.github_responds(github_ada, status, emails);
        return f.sign_in(f.github()).value().user;
    };
    CHECK(email_with(200, R"([{"email":"ada@example.org","primary":true,"verified":false}])").email_verified == false);
    CHECK_FALSE(email_with(200, "[]").email);
    CHECK_FALSE(email_with(200, R"([{"email":"ada@example.org","primary":"yes","verified":true},7,null])").email);
    CHECK_FALSE(email_with(404, R"({"message":"Not Found"})").email);
    CHECK_FALSE(email_with(403, R"({"message":"Resource not accessible by integration"})").email);
}

TEST_CASE("github: an id that is not a whole number, and errors with status 200, end the login")
{
    for (const char* id : {"\"583231\"", "0", "-1", "1.5", "1e3", "null", "9223372036854775808"}) {
        social_fixture f;
        f.github_responds(R"({"id":)" + std::string(id) + R"(,"login":"ada"})", 200, "[]");
        f.wire->respond(github_deletion, 204, "");
        const auto refused = f.sign_in(f.github());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
        CHECK(f.wire->count("/applications/app-1/token") == 1);
    }
    for (const auto& [code, expected] : {std::pair("bad_verification_code", errc::invalid_verifier),
             std::pair("incorrect_client_credentials", errc::invalid_credentials),
             std::pair("redirect_uri_mismatch", errc::callback_refused),
             std::pair("unverified_user_email", errc::forbidden)}) {
        social_fixture f;
        f.wire->respond(github_token, 200, "error=" + std::string(code) + "&error_description=code-canary");
        const auto refused = f.sign_in(f.github());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(refused.error().provider_error() == code);
        CHECK(refused.error().provider_message().empty());
    }
}

TEST_CASE("github: signing out deletes the token, with the app's credentials; a token that is gone is done")
{
    social_fixture f;
    f.github_responds(github_ada, 200, "[]");
    const auto provider = f.github();
    const credential held = f.sign_in(provider).value().held;
    for (const int status : {204, 404, 422}) {
        f.wire->forget(github_deletion);
        f.wire->respond(github_deletion, status, "");
        CHECK(run(provider->revoke(held)));
    }
    const http::request& sent = f.wire->last("/applications/app-1/token");
    CHECK(sent.method == "DELETE");
    CHECK(sent.body == R"({"access_token":"gho_canary"})");
    CHECK(sent.headers.get("Authorization") == "Basic YXBwLTE6Y29hdXRoLWFwcC1zZWNyZXQ=");
    f.wire->forget(github_deletion);
    f.wire->respond(github_deletion, 500, "coauth-app-secret");
    const auto refused = run(provider->revoke(held));
    CHECK(refused.error().reason() == errc::provider_unavailable);
    CHECK(refused.error().provider_message().empty());

    const auto open = f.github(oauth2::app("app-1"));
    const std::size_t before = f.wire->seen.size();
    CHECK(run(open->revoke(held))); // it takes a secret
    CHECK(f.wire->seen.size() == before);
}

TEST_CASE("facebook: versioned paths, comma scopes, the secret in a body, the proof on each request, no user name")
{
    social_fixture f;
    f.facebook_responds(
        R"({"id":"10221","name":"Ada","email":"ada@example.org","picture":{"data":{"url":"https://pictures.example/1","width":50}}})");
    const auto provider = f.facebook();
    const auto finished = f.sign_in(provider);
    REQUIRE(finished);
    CHECK(f.begun->url.starts_with("https://www.facebook.com/v25.0/dialog/oauth?"));
    CHECK(parameter(f.begun->url, "scope") == "public_profile,email");
    const http::request& token = f.wire->last("/v25.0/oauth/access_token");
    CHECK(token.method == "POST");
    CHECK(token.target == "/v25.0/oauth/access_token");
    CHECK(parameter(token.body, "client_secret") == "coauth-app-secret");
    const http::request& me = f.wire->last("/v25.0/me");
    CHECK(parameter(me.target, "fields") == "id,name,email,picture");
    CHECK(parameter(me.target, "appsecret_proof") == proof_vector);
    CHECK(me.headers.get("Authorization") == "Bearer EAAcoauthtoken");
    CHECK(finished->user.provider == "facebook");
    CHECK(finished->user.id == "10221");
    CHECK(finished->user.username.empty());
    CHECK(finished->user.picture == "https://pictures.example/1");
    CHECK(finished->user.email == "ada@example.org");
    CHECK_FALSE(finished->user.email_verified);
    CHECK(finished->scope == "public_profile email");
    CHECK_FALSE(finished->held.renewable());
    CHECK(finished->held.expires_at());

    const auto account = provider->open(finished->held);
    f.wire->respond("https://graph.facebook.com/v25.0/me/likes", 200, "{}");
    REQUIRE(run(account->call(http::get("https://graph.facebook.com/v25.0/me/likes"))));
    CHECK(f.wire->seen.back().target == "/v25.0/me/likes?appsecret_proof=" + proof_vector);

    f.wire->respond(graph_permissions, 200, R"({"success":true})");
    REQUIRE(run(provider->revoke(finished->held)));
    CHECK(f.wire->seen.back().method == "DELETE");
    CHECK(parameter(f.wire->seen.back().target, "appsecret_proof") == proof_vector);
    for (const http::request& sent : f.wire->seen)
        CHECK(sent.target.find("coauth-app-secret") == std::string::npos);
}

TEST_CASE("facebook: its numbers are errors, and a version or a base that can't be used is refused")
{
    const std::pair<const char*, errc> rows[] = {
        {R"({"error":{"message":"Invalid verification code format: code-canary","type":"OAuthException","code":100}})",
            errc::invalid_verifier},
        {R"({"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}})",
            errc::invalid_credentials},
        {R"({"error":{"message":"URL Blocked","type":"OAuthException","code":191}})", errc::callback_refused},
    };
    for (const auto& [body, expected] : rows) {
        social_fixture f;
        f.wire->respond(graph_token, 400, body);
        const auto refused = f.sign_in(f.facebook());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(refused.error().provider_code());
        CHECK(refused.error().provider_message().find("canary") == std::string::npos);
    }
    social_fixture f;
    f.facebook_responds(R"({"id":10221,"name":"Ada"})");
    f.wire->respond(graph_permissions, 200, "{}");
    CHECK(f.sign_in(f.facebook()).error().reason() == errc::malformed_response);
    CHECK(f.wire->count("/v25.0/me/permissions") == 0); // it would end the user's older tokens, too
    for (const char* version : {"", "25.0", "v25", "v.0", "v25.", "v25.0/..", "v25.0?x=y", "v25.00000"}) {
        providers::facebook_options options;
        options.version = version;
        CHECK_THROWS_AS(providers::facebook(f.wire, oauth2::app("app-1"), options), error);
    }
    providers::facebook_options base;
    base.graph_base = "http://graph.example";
    CHECK_THROWS_AS(providers::facebook(f.wire, oauth2::app("app-1"), base), error);
    providers::github_options hub;
    hub.api_base = "api.github.com";
    CHECK_THROWS_AS(providers::github(f.wire, oauth2::app("app-1"), hub), error);
}

TEST_CASE("app_from_environment: an app by its provider's name, public without a secret")
{
    ::unsetenv("COAUTH_MY_OP_CLIENT_ID");
    ::unsetenv("COAUTH_MY_OP_CLIENT_SECRET");
    CHECK_THROWS_AS(providers::app_from_environment("my-op"), error);
    ::setenv("COAUTH_MY_OP_CLIENT_ID", "id-1", 1);
    CHECK(providers::app_from_environment("my-op").is_public());
    ::setenv("COAUTH_MY_OP_CLIENT_SECRET", "", 1);
    CHECK(providers::app_from_environment("my-op").is_public());
    ::setenv("COAUTH_MY_OP_CLIENT_SECRET", "secret-1", 1);
    const oauth2::app app = providers::app_from_environment("my-op");
    CHECK(app.client_id() == "id-1");
    CHECK(app.client_secret().matches("secret-1"));
    ::setenv("COAUTH_MY_OP_CLIENT_SECRET", "'secret-1'", 1);
    try {
        providers::app_from_environment("my-op");
        FAIL("quotes were taken");
    } catch (const error& refused) {
        CHECK(refused.reason() == errc::invalid_argument);
        CHECK(std::string(refused.what()).find("COAUTH_MY_OP_CLIENT_SECRET has quotation marks") != std::string::npos);
        CHECK(std::string(refused.what()).find("secret-1") == std::string::npos);
    }
}
