// What comes after a login by OAuth 2: calls, renewal, revocation, and logins of devices.
#include "unit/providers/openid_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

namespace {

result<credential> renew(openid_fixture& f, const credential& held, int status, const std::string& body)
{
    f.wire->forget(op_token);
    f.wire->respond(op_token, status, body);
    return run(f.provider->renew(held));
}

openid_fixture with_device(const std::string& added = R"(,"interval":5)")
{
    openid_fixture f;
    f.wire->respond(op_device, 200,
        R"({"device_code":"device-canary","user_code":"WDJB-MJHT","verification_uri":"https://op.example/go","expires_in":60)" +
            added + '}');
    return f;
}

std::string device_tokens()
{
    return openid_fixture::token_body(openid_key().sign(
        R"({"iss":"https://op.example","sub":"u-7","aud":"app-1","exp":1700000600,"iat":1699999990})"));
}

// Repeats a request, as it is and decoded, in the place where providers have words.
class request_echo final : public http::transport {
public:
    boost::asio::awaitable<http::response> send(http::request request) override
    {
        const std::string_view authorization = request.headers.get("Authorization");
        std::string all = std::string(authorization.substr(authorization.find(' ') + 1)) + ' ' + request.body;
        const text::form fields = text::parse_form(request.body).value();
        for (const auto& [name, value] : fields)
            all += ' ' + value;
        http::response response;
        response.status = 400;
        response.body = R"({"error":"odd","error_description":")" + all + "\"}";
        co_return response;
    }
};

providers::oauth2_rules echo_rules()
{
    providers::oauth2_rules rules("echo");
    rules.authorize_url = "https://op.example/authorize";
    rules.token_url = "https://op.example/token";
    rules.user_url = "https://op.example/me";
    rules.revoke_url = "https://op.example/revoke";
    rules.device_url = "https://op.example/device";
    rules.read_user = [](std::string_view) { return profile(); };
    return rules;
}

void check_hides(const error& refused, const std::vector<std::string>& secrets)
{
    const std::string shown =
        describe(refused) + refused.what() + refused.provider_message() + refused.provider_error();
    for (const std::string& each : secrets)
        CHECK(shown.find(each) == std::string::npos);
}

} // namespace

TEST_CASE("oauth2_provider: no error shows a code, verifier, token or secret that the provider repeats")
{
    for (const bool basic : {true, false}) {
        const auto echo = std::make_shared<request_echo>();
        const oauth2::app app("app-1", secret("client-secret-canary"),
            basic ? oauth2::client_authentication::basic : oauth2::client_authentication::post);
        const auto provider = providers::oauth2_provider(echo, app, echo_rules(), std::make_shared<fake_clock>());
        const begun_login begun = run(provider->begin(app_callback, login_request())).value();
        const std::string verifier(begun.proof.reveal().substr(0, 43));
        const std::vector<std::string> secrets{"canary", verifier, "YXBwLTE6"};
        check_hides(run(provider->finish(begun, app_callback, "code=code-canary&state=" + begun.key)).error(), secrets);
        const credential held(
            secret("oauth2 token_type=bearer&access_token=access-canary&refresh_token=refresh-canary"));
        check_hides(run(provider->renew(held)).error(), secrets);
        check_hides(run(provider->revoke(held)).error(), secrets);
        check_hides(run(provider->open(held)->me()).error(), secrets);
        check_hides(run(provider->begin_device(login_request())).error(), secrets);
        const device_prompt prompt("code", "https://op.example/go", secret("device-canary scope"));
        check_hides(run(provider->finish_device(prompt)).error(), secrets);
    }
}

TEST_CASE(
    "oauth2_provider: a renewal is sent once, keeps the old refresh token where there is no new one, and the scope")
{
    openid_fixture f;
    const credential held = f.sign_in().value().held;
    f.time->pass(3000s);
    const auto renewed = renew(f, held, 200, R"({"access_token":"second","token_type":"bearer","expires_in":60})");
    REQUIRE(renewed);
    const http::request& sent = f.wire->last("/token");
    CHECK(parameter(sent.body, "grant_type") == "refresh_token");
    CHECK(parameter(sent.body, "refresh_token") == "refresh-canary");
    CHECK(parameter(sent.body, "scope").empty());
    CHECK_FALSE(sent.renew);
    CHECK(tokens_of(*renewed).access_token.matches("second"));
    CHECK(tokens_of(*renewed).refresh_token.matches("refresh-canary"));
    CHECK(tokens_of(*renewed).scope == "openid email profile");
    CHECK(renewed->renewable());
    CHECK(renewed->expires_at() == std::chrono::sys_seconds(1'700'003'060s));

    const auto rotated = renew(
        f, *renewed, 200, R"({"access_token":"third","token_type":"bearer","refresh_token":"new","scope":"openid"})");
    REQUIRE(rotated);
    CHECK(tokens_of(*rotated).refresh_token.matches("new"));
    CHECK(tokens_of(*rotated).scope == "openid");
    CHECK_FALSE(rotated->expires_at());
}

TEST_CASE("oauth2_provider: a refused refresh token is token_revoked, and nothing else is")
{
    openid_fixture f;
    const credential held = f.sign_in().value().held;
    const std::pair<std::pair<int, const char*>, errc> rows[] = {
        {{400, R"({"error":"invalid_grant","error_description":"refresh-canary is used"})"}, errc::token_revoked},
        {{200, "error=bad_refresh_token"}, errc::token_revoked},
        {{400, R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})"},
            errc::token_revoked},
        {{400, R"({"error":"invalid_request","error_description":"Missing required parameter [grant_type]."})"},
            errc::provider_error},
        {{401, R"({"error":"invalid_client"})"}, errc::invalid_credentials},
        {{503, R"({"error":"temporarily_unavailable"})"}, errc::provider_unavailable},
        {{500, R"({"error":"invalid_grant"})"}, errc::provider_unavailable},
        {{403, "<html>"}, errc::malformed_response},
        {{404, ""}, errc::malformed_response},
    };
    for (const auto& [each_response, expected] : rows) {
        const auto& response = each_response; // clang 14 can't capture a binding
        CAPTURE(response.second);
        const auto refused = renew(f, held, response.first, response.second);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(refused.error().provider_message().find("canary") == std::string::npos);
    }
}

TEST_CASE("oauth2_provider: a login without a refresh token gives a credential that can't be renewed")
{
    openid_fixture f;
    const begun_login begun = f.begin();
    std::string body = openid_fixture::token_body(openid_key().sign(openid_fixture::claims(begun)));
    body.replace(body.find(R"("refresh_token":"refresh-canary",)"), 33, "");
    const auto finished = f.finish(begun, 200, body);
    REQUIRE(finished);
    CHECK_FALSE(finished->held.renewable());
    CHECK(run(f.provider->renew(finished->held)).error().reason() == errc::login_required);
    CHECK(f.wire->count("/token") == 1);
}

TEST_CASE("oauth2_provider: a token goes to its provider's origins only, with the bearer header and no other")
{
    openid_fixture f;
    providers::oidc_options options;
    options.api_bases = {"https://api.example/v1"};
    f.provider = providers::oidc(
        f.wire, oauth2::app("app-1", secret("client-secret-canary")), "https://op.example", options, f.time);
    const auto account = f.provider->open(f.sign_in().value().held);
    f.wire->respond("https://api.example/things", 200, "things");
    http::request request = http::get("https://api.example/things?a=b");
    request.headers.add("Authorization", "Basic mine");
    CHECK(run(account->call(request)).value().body == "things");
    CHECK(f.wire->last("/things").headers.count("Authorization") == 1);
    CHECK(f.wire->last("/things").headers.get("Authorization") == "Bearer access-canary");
    CHECK(run(account->me()).value().id == "u-7");
    const std::size_t before = f.wire->seen.size();
    for (const char* url : {"https://evil.example/things", "https://api.example:444/things", "http://127.0.0.1/things",
             "https://app.example/"}) {
        const auto refused = run(account->call(http::get(url)));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::invalid_argument);
    }
    CHECK(f.wire->seen.size() == before);
    CHECK(account->directory() == nullptr);
    CHECK_THROWS_AS(f.provider->open(credential(secret("oauth1 oauth_token=t&oauth_token_secret=s"))), error);
}

TEST_CASE("oauth2_provider: a call's refusal is read from the challenge, the body and the rate limit")
{
    struct row {
        int status;
        const char* header;
        const char* value;
        const char* body;
        errc expected;
    };
    const row rows[] = {
        {401, "X", "", "", errc::token_revoked},
        {401, "WWW-Authenticate", R"(Bearer realm="x", error="invalid_token", error_description="expired")", "",
            errc::token_revoked},
        {403, "WWW-Authenticate", R"(Bearer error="insufficient_scope", scope="email")", "", errc::access_level},
        {403, "WWW-Authenticate", R"(Bearer realm="x",error="insufficient_scope")", "", errc::access_level},
        {403, "WWW-Authenticate", R"(Bearer my_error="insufficient_scope")", "", errc::forbidden},
        {400, "X", "", R"({"error":{"message":"Error validating access token","type":"OAuthException","code":190}})",
            errc::token_revoked},
        {400, "X", "", R"({"error":{"message":"too many calls","type":"OAuthException","code":4}})",
            errc::rate_limited},
        {400, "X", "", R"({"error":{"message":"odd","type":"OAuthException","code":100}})", errc::provider_error},
        {400, "X", "", R"({"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}})",
            errc::provider_unavailable},
        {500, "X", "", R"({"error":{"message":"Session has expired","type":"OAuthException","code":190}})",
            errc::provider_unavailable},
        {503, "WWW-Authenticate", R"(Bearer error="invalid_token")", "", errc::provider_unavailable},
        {401, "X", "", R"({"message":"Bad credentials","documentation_url":"https://docs.github.com/rest"})",
            errc::token_revoked},
        {403, "X", "", R"({"message":"Resource not accessible"})", errc::forbidden},
        {403, "X-RateLimit-Remaining", "0", R"({"message":"API rate limit exceeded"})", errc::rate_limited},
        {403, "Retry-After", "7", R"({"message":"You have exceeded a secondary rate limit"})", errc::rate_limited},
        {403, "Retry-After", "7", "", errc::rate_limited},
        {429, "X", "", "", errc::rate_limited},
        {404, "X", "", R"({"message":"Not Found"})", errc::not_found},
        {302, "Location", "https://evil.example/", "", errc::unexpected_redirect},
        {502, "X", "", "<html>", errc::provider_unavailable},
        {400, "X", "", "[[[[", errc::provider_error},
    };
    openid_fixture f;
    const auto account = f.provider->open(f.sign_in().value().held);
    for (const row& each : rows) {
        CAPTURE(each.body);
        http::response response;
        response.status = each.status;
        response.headers.add(each.header, each.value);
        response.body = each.body;
        f.wire->forget(op_user);
        f.wire->respond(op_user, response);
        const auto refused = run(account->me());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == each.expected);
        CHECK(refused.error().http_status() == each.status);
    }
    http::response reset;
    reset.status = 403;
    reset.headers.add("X-RateLimit-Remaining", "0");
    reset.headers.add("X-RateLimit-Reset", "1700000090");
    reset.body = R"({"message":"access-canary has used up its limit"})";
    f.wire->forget(op_user);
    f.wire->respond(op_user, reset);
    const auto limited = run(account->me());
    CHECK(limited.error().retry_after() == 90s);
    CHECK(limited.error().provider_message().find("canary") == std::string::npos);
}

TEST_CASE("oauth2_provider: revocation ends the refresh token and then the access token; one that is not known is done")
{
    openid_fixture f;
    const credential held = f.sign_in().value().held;
    f.wire->forget(op_revoke);
    f.wire->respond(op_revoke, 200, "").respond(op_revoke, 400, R"({"error":"invalid_token"})");
    REQUIRE(run(f.provider->revoke(held)));
    REQUIRE(f.wire->count("/revoke") == 2);
    const http::request& second = f.wire->seen.back();
    const http::request& first = f.wire->seen[f.wire->seen.size() - 2];
    CHECK(parameter(first.body, "token") == "refresh-canary");
    CHECK(parameter(first.body, "token_type_hint") == "refresh_token");
    CHECK(first.headers.get("Authorization").starts_with("Basic "));
    CHECK(parameter(second.body, "token") == "access-canary");
    f.wire->forget(op_revoke);
    f.wire->respond(op_revoke, 401, R"({"error":"invalid_client","error_description":"refresh-canary"})");
    const auto refused = run(f.provider->revoke(held));
    CHECK(refused.error().reason() == errc::invalid_credentials);
    CHECK(refused.error().provider_message().empty());
}

TEST_CASE("oauth2_provider: an access token that can't be revoked by itself ends with its refresh token")
{
    openid_fixture f;
    const credential held = f.sign_in().value().held;
    const char* unsupported = R"({"error":"unsupported_token_type"})";
    f.wire->forget(op_revoke);
    f.wire->respond(op_revoke, 200, "").respond(op_revoke, 400, unsupported);
    CHECK(run(f.provider->revoke(held)));
    CHECK(f.wire->count("/revoke") == 2);
    f.wire->forget(op_revoke);
    f.wire->respond(op_revoke, 200, "").respond(op_revoke, 503, unsupported);
    CHECK(run(f.provider->revoke(held)).error().reason() == errc::provider_unavailable);
    f.wire->forget(op_revoke);
    f.wire->respond(op_revoke, 400, unsupported); // of the refresh token
    CHECK(run(f.provider->revoke(held)).error().reason() == errc::provider_error);
    CHECK(f.wire->count("/revoke") == 5);
    const credential short_lived(secret("oauth2 token_type=bearer&access_token=access-canary"));
    CHECK(run(f.provider->revoke(short_lived)).error().provider_error() == "unsupported_token_type");
}

TEST_CASE("oauth2_provider: a device's code is asked for at its interval, slower when the provider says so")
{
    openid_fixture f =
        with_device(R"(,"interval":5,"verification_uri_complete":"https://op.example/go?user_code=WDJB-MJHT")");
    const auto prompt = run(f.provider->begin_device(login_request()));
    REQUIRE(prompt);
    CHECK(prompt->code == "WDJB-MJHT");
    CHECK(prompt->url == "https://op.example/go");
    CHECK(prompt->complete_url == "https://op.example/go?user_code=WDJB-MJHT");
    CHECK(prompt->expires_in == 60s);
    CHECK(prompt->interval == 5s);
    CHECK(parameter(f.wire->last("/device").body, "scope") == "openid email profile");

    f.wire->respond(op_token, 400, R"({"error":"authorization_pending"})");
    f.wire->respond(op_token, 400, R"({"error":"slow_down"})");
    f.wire->respond(op_token, 503, "");
    f.wire->respond(op_token, 200, device_tokens());
    f.time->sleeps.clear();
    const auto finished = run(f.provider->finish_device(*prompt));
    REQUIRE(finished);
    CHECK(finished->user.id == "u-7");
    CHECK(finished->held.renewable());
    CHECK(finished->scope == "openid email profile");
    CHECK(f.time->sleeps == std::vector<std::chrono::milliseconds>{5s, 5s, 10s, 20s});
    CHECK(parameter(f.wire->last("/token").body, "device_code") == "device-canary");
    CHECK(parameter(f.wire->last("/token").body, "grant_type") == "urn:ietf:params:oauth:grant-type:device_code");
}

TEST_CASE("oauth2_provider: a device's login ends denied, expired, or by what else the provider says")
{
    const std::pair<const char*, errc> rows[] = {{R"({"error":"access_denied"})", errc::denied},
        {R"({"error":"expired_token"})", errc::expired}, {R"({"error":"authorization_pending"})", errc::expired},
        {R"({"error":"slow_down"})", errc::expired}, {R"({"error":"invalid_grant"})", errc::invalid_verifier},
        {R"({"error":"invalid_client"})", errc::invalid_credentials}, {"<html>", errc::malformed_response}};
    for (const auto& [each_body, expected] : rows) {
        const auto& body = each_body; // clang 14 can't capture a binding
        CAPTURE(body);
        openid_fixture f = with_device();
        const auto prompt = run(f.provider->begin_device(login_request()));
        f.wire->respond(op_token, 400, body);
        const auto refused = run(f.provider->finish_device(*prompt));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
        CHECK(std::string(refused.error().what()).find("canary") == std::string::npos);
    }
    openid_fixture f = with_device();
    f.wire->forget(op_device);
    f.wire->respond(op_device, 400, R"({"error":"invalid_scope"})");
    CHECK(run(f.provider->begin_device(login_request())).error().reason() == errc::invalid_scope);
    for (const char* proof : {"", "x", " x"}) {
        device_prompt odd("code", "https://op.example/go", secret(proof));
        CHECK(run(f.provider->finish_device(odd)).error().reason() == errc::invalid_argument);
    }
    CHECK(f.wire->count("/token") == 0);
}
