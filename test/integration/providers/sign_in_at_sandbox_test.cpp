// Each provider of OAuth 2 signs in, renews and signs out at the provider that the sandbox plays.
#include <coauth/coro/as_result.hpp>
#include <coauth/coro/run.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/providers/facebook.hpp>
#include <coauth/providers/github.hpp>
#include <coauth/providers/google.hpp>
#include <coauth/providers/oidc.hpp>
#include <coauth/sandbox/kit/client.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/session/session.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
namespace asio = boost::asio;

namespace {

constexpr const char* faces_callback = "http://127.0.0.1:1/callback";

std::shared_ptr<http::transport> pool_to(const sandbox::provider& sandbox)
{
    http::pool_options options;
    options.trust = http::tls_trust::ca_file(sandbox.ca_file());
    return std::make_shared<http::connection_pool>(sandbox.get_executor(), options);
}

oauth2::app app_of(const sandbox::provider& sandbox, bool confidential)
{
    return confidential ? oauth2::app(sandbox.client_id(), sandbox.client_secret())
                        : oauth2::app(sandbox.public_client_id());
}

std::vector<std::shared_ptr<login_provider>> all_faces(const sandbox::provider& sandbox, bool confidential)
{
    const auto pool = pool_to(sandbox);
    const oauth2::app app = app_of(sandbox, confidential);
    const sandbox::provider_bases bases = sandbox.bases();
    providers::google_options google;
    google.issuer = bases.google_issuer;
    providers::github_options github;
    github.login_base = bases.github_login;
    github.api_base = bases.github_api;
    providers::facebook_options facebook;
    facebook.dialog_base = bases.facebook_dialog;
    facebook.graph_base = bases.facebook_graph;
    twitter::provider_options x;
    x.client.endpoints.api_base = bases.x_api;
    x.client.endpoints.authorize_base = bases.x_authorize;
    return {providers::google(pool, app, google), providers::github(pool, app, github),
        providers::facebook(pool, app, facebook), twitter::provider(pool, app, x),
        providers::oidc(pool, app, bases.oidc_issuer)};
}

asio::awaitable<finished_login> sign_in_at(
    const sandbox::provider& sandbox, std::shared_ptr<login_provider> provider, login_request request)
{
    const begun_login begun = co_await provider->begin(faces_callback, std::move(request));
    std::string query = co_await sandbox::allow(sandbox, begun.url, "user_1");
    const auto key = provider->key_of(query);
    REQUIRE(key);
    CHECK(*key == begun.key);
    finished_login finished = co_await provider->finish(begun, faces_callback, std::move(query));
    co_return finished;
}

asio::awaitable<void> live_at(
    const sandbox::provider& sandbox, std::shared_ptr<login_provider> provider, bool confidential)
{
    const finished_login finished = co_await sign_in_at(sandbox, provider, login_request());
    CHECK(finished.user.provider == provider->name());
    CHECK(finished.user.name == "Ada Example");
    CHECK_FALSE(finished.user.id.empty());
    CHECK(finished.user.username.empty() == (provider->name() == "google" || provider->name() == "facebook"));
    CHECK(finished.user.email.has_value() == (provider->name() != "x"));

    credential held = finished.held;
    const bool renews = provider->name() != "github" && provider->name() != "facebook";
    CHECK(held.renewable() == renews);
    for (int i = 0; i < 2 && renews; ++i)
        held = co_await provider->renew(held);
    const profile me = co_await provider->open(held)->me();
    CHECK(me.id == finished.user.id);
    if (!confidential && provider->name() == "github")
        co_return; // it ends a token for the app's secret only
    co_await provider->revoke(held);
    const auto refused = co_await as_result(provider->open(held)->me());
    CHECK((!refused && refused.error().reason() == errc::token_revoked));
    if (renews) {
        const auto gone = co_await as_result(provider->renew(held));
        CHECK((!gone && gone.error().reason() == errc::token_revoked));
    }
}

asio::awaitable<void> live_at_all()
{
    const sandbox::provider sandbox(co_await asio::this_coro::executor);
    for (const bool confidential : {true, false}) {
        const auto faces = all_faces(sandbox, confidential);
        for (const auto& provider : faces)
            co_await live_at(sandbox, provider, confidential);
    }
}

asio::awaitable<void> rotate_and_mix_up()
{
    sandbox::provider sandbox(co_await asio::this_coro::executor);
    const auto faces = all_faces(sandbox, true);
    const auto google = faces.front();
    const auto oidc = faces.back();
    for (int i = 0; i < 2; ++i) {
        const finished_login finished = co_await sign_in_at(sandbox, oidc, login_request());
        CHECK(finished.user.username == "user_1");
        sandbox.rotate_keys();
    }
    // A code of Google's for a login at the other one.
    const begun_login at_google = co_await google->begin(faces_callback, login_request());
    const begun_login at_oidc = co_await oidc->begin(faces_callback, login_request());
    std::string query = co_await sandbox::allow(sandbox, at_google.url, "user_1");
    const std::size_t state = query.find(at_google.key);
    REQUIRE(state != std::string::npos);
    query.replace(state, at_google.key.size(), at_oidc.key);
    const std::string before = sandbox.counters();
    const auto refused = co_await as_result(oidc->finish(at_oidc, faces_callback, query));
    CHECK((!refused && refused.error().reason() == errc::invalid_argument));
    CHECK(sandbox.counters() == before);
}

asio::awaitable<void> sign_in_devices()
{
    const sandbox::provider sandbox(co_await asio::this_coro::executor);
    const auto faces = all_faces(sandbox, true);
    const std::vector<std::shared_ptr<login_provider>> with_devices = {faces[0], faces[1], faces[4]};
    for (const auto& provider : with_devices) {
        device_prompt prompt = co_await provider->begin_device(login_request());
        CHECK_FALSE(prompt.code.empty());
        prompt.interval = std::chrono::seconds(1);
        const std::string page =
            prompt.complete_url.empty() ? prompt.url + "?user_code=" + prompt.code : prompt.complete_url;
        co_await sandbox::allow(sandbox, page, "user_2");
        const finished_login finished = co_await provider->finish_device(prompt);
        CHECK(finished.user.provider == provider->name());
        const profile me = co_await provider->open(finished.held)->me();
        CHECK(me.id == finished.user.id);
    }
}

asio::awaitable<std::string> sign_in_on(const sandbox::provider& sandbox, session& on)
{
    const login begun = co_await on.begin_login(browser_binding());
    const std::string query = co_await sandbox::allow(sandbox, begun.url, "user_1");
    const login_outcome outcome = co_await on.complete_login(query, begun.binding);
    CHECK(outcome.status == login_status::granted);
    co_return outcome.user.id;
}

// Google gives a refresh token at the first consent only.
asio::awaitable<void> sign_in_at_google_twice()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    sandbox::provider sandbox(executor);
    session_options options;
    options.callback = faces_callback;
    session site(executor, all_faces(sandbox, true).front(), options);
    for (int logins = 1; logins <= 3; ++logins) {
        const std::string id = co_await sign_in_on(sandbox, site);
        CHECK(sandbox.expire_tokens("user_1") != 0);
        const auto me = co_await as_result(site.me(id));
        REQUIRE(me);
        CHECK(me->id == id);
    }
}

} // namespace

TEST_CASE("providers on the sandbox: each signs in, renews and signs out, confidential and public")
{
    CHECK(coauth::run(live_at_all()) == 0);
}

TEST_CASE("providers on the sandbox: keys rotate, and a code of another provider is sent to no one")
{
    CHECK(coauth::run(rotate_and_mix_up()) == 0);
}

TEST_CASE("providers on the sandbox: a device signs in")
{
    CHECK(coauth::run(sign_in_devices()) == 0);
}

TEST_CASE(
    "providers on the sandbox: a user who signs in at Google again stays signed in after the hour of the new token")
{
    CHECK(coauth::run(sign_in_at_google_twice()) == 0);
}
