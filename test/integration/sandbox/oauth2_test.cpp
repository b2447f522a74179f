// OAuth 2 on a sandbox that runs: on several threads, by its control port, and with its kit's user.
#include "raw_client.hpp"

#include <coauth/oauth2/pkce.hpp>
#include <coauth/sandbox/kit/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <map>
#include <mutex>

using namespace sandbox_test;

namespace {

const std::string form_type = "Content-Type: application/x-www-form-urlencoded\r\n";
const std::string run_verifier(50, 'v');

std::string authorize_query(sandbox::provider& p, const std::string& further = {})
{
    return oauth1::encode_form({{"response_type", "code"}, {"client_id", p.public_client_id()},
               {"redirect_uri", "http://127.0.0.1:1/callback"}, {"state", "s"},
               {"code_challenge", coauth::oauth2::code_challenge(run_verifier)}, {"code_challenge_method", "S256"}}) +
           further;
}

std::string redemption_of(sandbox::provider& p, const std::string& code)
{
    return oauth1::encode_form({{"grant_type", "authorization_code"}, {"client_id", p.public_client_id()},
        {"code", code}, {"redirect_uri", "http://127.0.0.1:1/callback"}, {"code_verifier", run_verifier}});
}

std::string allowed_code(sandbox::provider& p, const std::string& authorize_url)
{
    std::string query;
    asio::io_context io;
    asio::co_spawn(io, sandbox::allow(p, authorize_url, "user_2"),
        [&](std::exception_ptr failure, std::string got) { query = failure ? "failed" : std::move(got); });
    io.run();
    const auto fields = oauth1::parse_form(query).value();
    const auto* code = oauth1::find(fields, "code");
    return code ? *code : std::string();
}

// Sends the same request from several threads at once; how many got each status.
std::map<int, int> race(sandbox::provider& p, const std::string& path, const std::string& body, int times)
{
    std::mutex guard;
    std::map<int, int> statuses;
    std::vector<std::thread> threads;
    for (int i = 0; i < times; ++i)
        threads.emplace_back([&] {
            const auto status = status_of(plain(p, "POST", path, form_type, body));
            const std::lock_guard hold(guard);
            ++statuses[status];
        });
    for (auto& t : threads)
        t.join();
    return statuses;
}

int userinfo_status(sandbox::provider& p, const std::string& token)
{
    return status_of(plain(p, "GET", "/oidc/userinfo", "Authorization: Bearer " + token + "\r\n"));
}

std::string member_of(const std::string& response, const char* name)
{
    const auto body = boost::json::parse(body_of(response));
    return std::string(body.at(name).as_string());
}

} // namespace

TEST_CASE("sandbox oauth2 over TLS: of 12 redemptions of one code at once one gets tokens, and these are then revoked")
{
    running_sandbox running(sandbox::options(), 4);
    const auto code =
        allowed_code(*running, running->url() + "/oidc/authorize?" + authorize_query(*running, "&scope=openid"));
    REQUIRE_FALSE(code.empty());
    const auto statuses = race(*running, "/oidc/token", redemption_of(*running, code), 12);
    CHECK(statuses == std::map<int, int>{{200, 1}, {400, 11}});
}

TEST_CASE("sandbox oauth2 over TLS: of 12 uses of one refresh token at once one is served, and the login's tokens end")
{
    running_sandbox running(sandbox::options(), 4);
    const auto code =
        allowed_code(*running, running->url() + "/oidc/authorize?" + authorize_query(*running, "&scope=openid"));
    const auto tokens = plain(*running, "POST", "/oidc/token", form_type, redemption_of(*running, code));
    const auto access = member_of(tokens, "access_token");
    CHECK(userinfo_status(*running, access) == 200);
    const auto body = oauth1::encode_form({{"grant_type", "refresh_token"}, {"client_id", running->public_client_id()},
        {"refresh_token", member_of(tokens, "refresh_token")}});
    CHECK(race(*running, "/oidc/token", body, 12) == std::map<int, int>{{200, 1}, {400, 11}});
    CHECK(userinfo_status(*running, access) == 401);
}

TEST_CASE("sandbox oauth2 over TLS: the kit's user allows at every provider, and at a device's page")
{
    running_sandbox running;
    const auto query = authorize_query(*running);
    for (const auto* page : {"/oidc/authorize?", "/google/o/oauth2/v2/auth?", "/github/login/oauth/authorize?",
             "/facebook/v25.0/dialog/oauth?", "/i/oauth2/authorize?"}) {
        CAPTURE(std::string(page));
        CHECK_FALSE(allowed_code(*running, running->url() + page + query).empty());
    }
    const auto device = plain(*running, "POST", "/oidc/device_authorization", form_type,
        "client_id=" + running->public_client_id() + "&scope=openid");
    CHECK(allowed_code(*running, member_of(device, "verification_uri_complete")).empty());
    const auto granted = plain(*running, "POST", "/oidc/token", form_type,
        oauth1::encode_form({{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
            {"client_id", running->public_client_id()}, {"device_code", member_of(device, "device_code")}}));
    REQUIRE(status_of(granted) == 200);
    const auto bases = running->bases();
    CHECK(bases.oidc_issuer == running->url() + "/oidc");
    CHECK(status_of(plain(*running, "GET", bases.oidc_issuer.substr(running->url().size()) + "/jwks")) == 200);

    const auto access = member_of(granted, "access_token");
    CHECK(body_of(control(*running, "POST", "/tokens/expire", R"({"user":"user_2"})")) == R"({"ok":true,"expired":1})");
    CHECK(userinfo_status(*running, access) == 401);
    CHECK(status_of(control(*running, "POST", "/tokens/expire", R"({"user":"absent"})")) == 400);
    CHECK(status_of(control(*running, "POST", "/tokens/expire", R"({})")) == 400);
    CHECK(status_of(control(*running, "GET", "/keys/rotate")) == 405);
    const auto before = body_of(plain(*running, "GET", "/oidc/jwks"));
    CHECK(status_of(control(*running, "POST", "/keys/rotate")) == 200);
    CHECK(body_of(plain(*running, "GET", "/oidc/jwks")) != before);
}
