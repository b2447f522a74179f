// Logins at an OpenID provider by discovery, from the first request to the last.
#include "unit/providers/openid_fixture.hpp"

#include <coauth/oauth2/pkce.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds login_time{std::chrono::seconds(1'700'000'000)};

std::vector<std::string> targets_of(const addressed_transport& wire)
{
    std::vector<std::string> out;
    for (const http::request& sent : wire.seen)
        out.push_back(sent.method + ' ' + sent.target);
    return out;
}

} // namespace

TEST_CASE("oidc: a login is one authorization URL and four requests, the token request with PKCE and HTTP Basic")
{
    openid_fixture f;
    login_request request;
    request.ask_again = true;
    request.force_login = true;
    request.login_hint = "ada@example.org";
    request.parameters.emplace_back("ui_locales", "de");
    const begun_login begun = f.begin(request);
    CHECK(begun.url.starts_with("https://op.example/authorize?response_type=code&client_id=app-1&redirect_uri="));
    CHECK(parameter(begun.url, "redirect_uri") == app_callback);
    CHECK(parameter(begun.url, "scope") == "openid email profile");
    CHECK(parameter(begun.url, "state") == begun.key);
    CHECK(parameter(begun.url, "code_challenge_method") == "S256");
    CHECK(parameter(begun.url, "prompt") == "consent login");
    CHECK(parameter(begun.url, "login_hint") == "ada@example.org");
    CHECK(parameter(begun.url, "ui_locales") == "de");
    CHECK(begun.key.size() == 43);
    CHECK(openid_fixture::nonce_of(begun).size() == 43);
    CHECK(f.provider->key_of(openid_fixture::query(begun)).value() == begun.key);

    const auto finished =
        f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(openid_fixture::claims(begun))));
    REQUIRE(finished);
    CHECK(targets_of(*f.wire) == std::vector<std::string>{"GET /.well-known/openid-configuration", "POST /token",
                                     "GET /jwks", "GET /userinfo"});
    const http::request& token = f.wire->last("/token");
    CHECK(parameter(token.body, "grant_type") == "authorization_code");
    CHECK(parameter(token.body, "code") == "code-canary");
    CHECK(parameter(token.body, "redirect_uri") == app_callback);
    CHECK(
        oauth2::matches_code_challenge(parameter(token.body, "code_verifier"), parameter(begun.url, "code_challenge")));
    CHECK(parameter(token.body, "client_id").empty());
    CHECK(token.headers.get("Authorization").starts_with("Basic "));
    CHECK(token.headers.get("Content-Type") == "application/x-www-form-urlencoded");
    CHECK(token.headers.get("Accept") == "application/json");
    CHECK_FALSE(token.renew);
    CHECK(f.wire->last("/userinfo").headers.get("Authorization") == "Bearer access-canary");

    CHECK(finished->user.provider == "oidc");
    CHECK(finished->user.id == "u-7");
    CHECK(finished->user.name == "Ada");
    CHECK(finished->user.email == "ada@example.org");
    CHECK(finished->user.email_verified == true);
    CHECK(finished->user.username.empty());
    CHECK(finished->scope == "openid email profile");
    CHECK(finished->held.renewable());
    CHECK(finished->held.issued_at() == login_time);
    CHECK(finished->held.expires_at() == login_time + 3600s);
    CHECK(finished->held.text().reveal().starts_with(
        "oauth2 token_type=bearer&access_token=access-canary&refresh_token="));

    REQUIRE(f.sign_in());
    CHECK(f.wire->count("/.well-known/openid-configuration") == 1);
    CHECK(f.wire->count("/jwks") == 1);
}

TEST_CASE("oidc: each login has its own state, nonce and verifier, and the URL holds no secret")
{
    openid_fixture f;
    const begun_login first = f.begin();
    const begun_login second = f.begin();
    CHECK(first.key != second.key);
    CHECK(openid_fixture::nonce_of(first) != openid_fixture::nonce_of(second));
    CHECK(parameter(first.url, "code_challenge") != parameter(second.url, "code_challenge"));
    const std::string verifier(first.proof.reveal().substr(0, 43));
    CHECK(oauth2::matches_code_challenge(verifier, parameter(first.url, "code_challenge")));
    CHECK(first.url.find(verifier) == std::string::npos);
    CHECK(first.url.find("client-secret-canary") == std::string::npos);
}

TEST_CASE("oidc: openid is always asked for, and parameters that a login has itself can't be replaced")
{
    openid_fixture f;
    login_request request;
    request.scope = "email";
    CHECK(parameter(f.begin(request).url, "scope") == "openid email");
    request.scope = "openid";
    CHECK(parameter(f.begin(request).url, "scope") == "openid");
    for (const char* name : {"state", "nonce", "redirect_uri", "code_challenge", "code_challenge_method", "client_id",
             "response_type", "scope"}) {
        login_request other;
        other.parameters.emplace_back(name, "plain");
        CHECK(run(f.provider->begin(app_callback, other)).error().reason() == errc::invalid_argument);
    }
}

TEST_CASE("oidc: a code of another provider, login or browser goes to no one")
{
    openid_fixture f;
    const begun_login begun = f.begin();
    const begun_login other = f.begin();
    const std::size_t before = f.wire->seen.size();
    const std::string issuer = "&iss=https%3A%2F%2Fop.example";
    for (const std::string& query : {
             "code=c&state=" + begun.key + "&iss=https%3A%2F%2Fevil.example",
             "code=c&state=" + begun.key + "&iss=https%3A%2F%2Fop.example%2F",
             "code=c&state=" + begun.key + "&iss=https%3A%2F%2FOP.example",
             "code=c&state=" + begun.key, // it announces that it sends `iss`
             "code=c&state=" + other.key + issuer,
             "code=c&state=" + begun.key + "x" + issuer,
             "code=c&state=" + begun.key.substr(1) + issuer,
             "code=c" + issuer,
             "state=" + begun.key + issuer,
             "code=&state=" + begun.key + issuer,
             "code=c&state=" + begun.key + issuer + issuer,
             "code=c&code=d&state=" + begun.key + issuer,
             "code=c&error=access_denied&state=" + begun.key + issuer,
             "code=c%0a&state=" + begun.key + issuer,
             "code=" + std::string(5000, 'c') + "&state=" + begun.key + issuer,
             "oauth_token=" + begun.key + "&oauth_verifier=c",
             "error=access_denied&state=" + begun.key, // without its `iss`
             "error=access_denied&state=" + begun.key + "&iss=https%3A%2F%2Fevil.example",
         }) {
        CAPTURE(query);
        const auto refused = run(f.provider->finish(begun, app_callback, query));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::invalid_argument);
    }
    // A proof of OAuth 1.0a, or none.
    for (const char* proof : {"", "secret", "short nonce scope"})
        CHECK(run(f.provider->finish(
                      begun_login(begun.key, "", secret(proof)), app_callback, openid_fixture::query(begun)))
                  .error()
                  .reason() == errc::invalid_argument);
    CHECK(f.wire->seen.size() == before);
}

TEST_CASE("oidc: what the provider refuses in the callback is the login's error")
{
    openid_fixture f;
    const begun_login begun = f.begin();
    const std::pair<const char*, errc> rows[] = {{"access_denied", errc::denied},
        {"invalid_scope", errc::invalid_scope}, {"unauthorized_client", errc::invalid_credentials},
        {"server_error", errc::provider_unavailable}, {"temporarily_unavailable", errc::provider_unavailable},
        {"login_required", errc::login_required}, {"unsupported_response_type", errc::provider_error},
        {"anything%20else", errc::provider_error}};
    const std::size_t before = f.wire->seen.size();
    for (const auto& [code, expected] : rows) {
        const std::string query = "error=" + std::string(code) + "&error_description=no%20%3Cb%3E&state=" + begun.key +
                                  "&iss=https%3A%2F%2Fop.example";
        CHECK(f.provider->key_of(query).value() == begun.key);
        const auto refused = run(f.provider->finish(begun, app_callback, query));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(refused.error().provider_message() == "no <b>");
    }
    CHECK(f.wire->seen.size() == before);
}

TEST_CASE("oidc: an ID token that fails a check ends the login by the check's name, and the tokens are revoked")
{
    struct row {
        const char* part;
        const char* replacement;
        const char* check;
    };
    for (const row& each : {row{"https://op.example", "https://evil.example", "wrong_issuer"},
             row{"https://op.example", "https://op.example/", "wrong_issuer"},
             row{"\"app-1\"", "\"app-2\"", "wrong_audience"},
             row{"\"app-1\"", "[\"app-1\",\"x\"]", "wrong_authorized_party"},
             row{"\"app-1\"", "\"app-1\",\"azp\":\"x\"", "wrong_authorized_party"},
             row{"\"u-7\"", "7", "wrong_subject"}, row{"1700000600", "1699999400", "expired"},
             row{"1699999990", "1700000600", "issued_in_future"}, row{"1700000600", "\"soon\"", "wrong_times"},
             row{"\"nonce\"", "\"once\"", "wrong_nonce"}, row{"\"nonce\":\"", "\"nonce\":\"x", "wrong_nonce"},
             row{"\"iat\"", "\"at_hash\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"iat\"", "wrong_access_token"}}) {
        CAPTURE(each.check);
        openid_fixture f;
        const begun_login begun = f.begin();
        const std::string claims = openid_fixture::claims(begun, each.part, each.replacement);
        const auto refused = f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(claims)));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::id_token_rejected);
        CHECK(refused.error().message().find(each.check) != std::string::npos);
        CHECK(f.wire->count("/userinfo") == 0);
        CHECK(f.wire->count("/revoke") == 2);
    }
    openid_fixture f;
    const begun_login begun = f.begin();
    const std::string good = openid_key().sign(openid_fixture::claims(begun));
    const std::pair<std::string, const char*> rows[] = {
        {openid_key().sign_with_header(R"({"alg":"none"})", openid_fixture::claims(begun)), "unsupported_algorithm"},
        {openid_key().sign_with_header(R"({"alg":"HS256"})", openid_fixture::claims(begun)), "unsupported_algorithm"},
        {openid_key().sign_with_header(R"({"alg":"RS256","kid":"key-1"})", openid_fixture::claims(begun)),
            "unexpected_algorithm"},
        {openid_key().sign_with_header(R"({"alg":"ES256","kid":"key-1","crit":["x"]})", openid_fixture::claims(begun)),
            "critical_extension"},
        {good.substr(0, good.size() - 4) + "AAAA", "wrong_signature"},
        {openid_key(2).sign_with_header(R"({"alg":"ES256","kid":"key-1"})", openid_fixture::claims(begun)),
            "wrong_signature"},
        {openid_key(2).sign(openid_fixture::claims(begun)), "unknown_key"},
        {"a.b", "malformed"},
        {"", "missing"},
    };
    for (const auto& [token, each_check] : rows) {
        const auto& check = each_check; // clang 14 can't capture a binding
        CAPTURE(check);
        const auto refused = f.finish(begun, 200, openid_fixture::token_body(token));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::id_token_rejected);
        CHECK(refused.error().message().find(check) != std::string::npos);
    }
}

TEST_CASE("oidc: userinfo of another user than the ID token ends the login")
{
    openid_fixture f;
    f.wire->forget(op_user);
    f.wire->respond(op_user, 200, R"({"sub":"u-8","name":"Eve"})");
    const auto refused = f.sign_in();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason() == errc::malformed_response);
    CHECK(refused.error().message().find("another user") != std::string::npos);
    CHECK(f.wire->count("/revoke") == 2);
}

TEST_CASE("oidc: a login that fails revokes nothing where a revocation would end the user's other logins")
{
    openid_fixture f;
    providers::oidc_options options;
    options.revocation_ends_grant = true;
    f.provider = providers::oidc(
        f.wire, oauth2::app("app-1", secret("client-secret-canary")), "https://op.example", options, f.time);
    const credential earlier = f.sign_in().value().held;
    f.wire->forget(op_user);
    f.wire->respond(op_user, 200, R"({"sub":"u-8"})");
    CHECK(f.sign_in().error().reason() == errc::malformed_response);
    const begun_login begun = f.begin();
    const auto forged = openid_fixture::claims(begun, "app-1", "app-2");
    CHECK(f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(forged))).error().reason() ==
          errc::id_token_rejected);
    CHECK(f.wire->count("/revoke") == 0);
    CHECK(run(f.provider->revoke(earlier))); // signing out does
    CHECK(f.wire->count("/revoke") == 2);
}

TEST_CASE("oidc: without a userinfo endpoint the ID token has the profile, and me says that there is none")
{
    openid_fixture f;
    f.wire->forget(op_discovery);
    f.wire->respond(op_discovery, 200,
        R"({"issuer":"https://op.example","authorization_endpoint":"https://op.example/authorize",
"token_endpoint":"https://op.example/token","jwks_uri":"https://op.example/jwks","id_token_signing_alg_values_supported":["ES256"]})");
    const begun_login begun = f.begin();
    const std::string claims = openid_fixture::claims(begun, "\"iat\"", R"("preferred_username":"ada","iat")");
    const auto finished = f.finish(begun, 200, openid_fixture::token_body(openid_key().sign(claims)));
    REQUIRE(finished);
    CHECK(finished->user.id == "u-7");
    CHECK(finished->user.username == "ada");
    CHECK(finished->user.name == "ada");
    CHECK(run(f.provider->open(finished->held)->me()).error().reason() == errc::invalid_argument);
    // Nothing can be revoked, and that is no error.
    CHECK(run(f.provider->revoke(finished->held)));
    CHECK(run(f.provider->begin_device(login_request())).error().reason() == errc::invalid_argument);
}

TEST_CASE("oidc: the app's secret goes into the body where the document has no HTTP Basic, and a public app has none")
{
    openid_fixture f;
    f.wire->forget(op_discovery);
    std::string document = discovery_body();
    document.replace(document.find("\"client_secret_basic\","), 22, "");
    f.wire->respond(op_discovery, 200, document);
    REQUIRE(f.sign_in());
    CHECK(parameter(f.wire->last("/token").body, "client_secret") == "client-secret-canary");
    CHECK(f.wire->last("/token").headers.count("Authorization") == 0);

    openid_fixture open;
    open.provider =
        providers::oidc(open.wire, oauth2::app("app-1"), "https://op.example", providers::oidc_options(), open.time);
    REQUIRE(open.sign_in());
    CHECK(parameter(open.wire->last("/token").body, "client_id") == "app-1");
    CHECK(open.wire->last("/token").body.find("client_secret") == std::string::npos);
    CHECK(open.wire->last("/token").headers.count("Authorization") == 0);
}

TEST_CASE("oidc: an issuer or a name that can't be used is refused at once")
{
    openid_fixture f;
    for (const char* issuer : {"", "op.example", "http://op.example", "https://op.example?a=b", "https://op.example#f",
             "https://user@op.example", "ftp://op.example"})
        CHECK_THROWS_AS(providers::oidc(f.wire, oauth2::app("app-1"), issuer), error);
    providers::oidc_options options;
    options.name = "My Provider";
    CHECK_THROWS_AS(providers::oidc(f.wire, oauth2::app("app-1"), "https://op.example", options), error);
    options.name = "oidc";
    options.leeway = -1s;
    CHECK_THROWS_AS(providers::oidc(f.wire, oauth2::app("app-1"), "https://op.example", options), error);
    options.leeway = 60s;
    options.api_bases = {"http://api.example"};
    CHECK_THROWS_AS(providers::oidc(f.wire, oauth2::app("app-1"), "https://op.example", options), error);
}
