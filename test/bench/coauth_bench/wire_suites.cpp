#include "suites.hpp"
#include "wire.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace coauth;

namespace bench {

namespace {

constexpr std::uint64_t warm = 2'000;
constexpr std::uint64_t warm_cold = 100;

asio::awaitable<void> look_up(const twitter::user_client& user, std::string name)
{
    const auto found = co_await user.profile(user_ref(std::move(name)));
    keep(found);
}

asio::awaitable<void> ask_for_me(account* user)
{
    const auto found = co_await user->me();
    keep(found);
}

// A page that approves at once redirects to the callback.
asio::awaitable<std::string> verifier_of(http::transport& transport, const std::string& page)
{
    auto request = http::get(page);
    const auto response = co_await transport.send(std::move(request));
    const std::string location(response.headers.get("Location"));
    const std::string name = "oauth_verifier=";
    const auto begin = location.find(name);
    co_return begin == std::string::npos ? location : location.substr(begin + name.size());
}

asio::awaitable<void> log_in(const twitter::client& client, http::transport* pages)
{
    const auto executor = co_await asio::this_coro::executor;
    auto login = co_await client.request_token("https://app.example.com/callback");
    std::string verifier = "OYnwkDaHk6bQ3Vj8mJgGkC1lfJz8Wp1h";
    if (pages) {
        const std::string page = client.authenticate_url(login);
        verifier = co_await verifier_of(*pages, page);
    } else {
        co_await asio::post(executor, asio::use_awaitable); // the browser comes back
    }
    const auto access = co_await client.access_token(std::move(login), std::move(verifier));
    keep(access);
}

// Each call over a new connection: one is not used again once it is a millisecond old.
http::pool_options short_lived(http::pool_options options)
{
    options.max_lifetime = std::chrono::milliseconds(1);
    return options;
}

} // namespace

void lookups(const arguments& given, const server& at)
{
    const int flying = in_flight(64);
    for (const bool usual_pool : {false, true}) {
        asio::io_context io;
        auto options = at.pool();
        if (!usual_pool)
            options.max_connections_per_origin = static_cast<std::size_t>(flying);
        const auto client = at.client(io.get_executor(), options);
        const auto user = client.for_user(at.user);
        wire(io).run(given, "http", usual_pool ? "keepalive_pool16" : "keepalive", flying, warm,
            [&] { return look_up(user, at.user_name); });
    }
}

void bearer(const arguments& given, const server& at)
{
    const int flying = in_flight(64);
    asio::io_context io;
    auto options = at.pool();
    options.max_connections_per_origin = static_cast<std::size_t>(flying);
    const auto account = at.bearer_account(std::make_shared<http::connection_pool>(io.get_executor(), options));
    wire(io).run(given, "bearer", "me", flying, warm, [&] { return ask_for_me(account.get()); });
}

void logins(const arguments& given, const server& at)
{
    asio::io_context io;
    const int flying = in_flight(64);
    auto options = at.pool();
    options.max_connections_per_origin = static_cast<std::size_t>(flying);
    const auto client = at.client(io.get_executor(), options);
    // A sandbox wants the login approved, which the harness's server does not; it is in the figure.
    std::optional<http::connection_pool> pages;
    if (at.is_sandbox)
        pages.emplace(io.get_executor(), options);
    wire(io).run(given, "login", at.is_sandbox ? "login_with_page" : "login", flying, at.is_sandbox ? warm_cold : warm,
        [&] { return log_in(client, pages ? &*pages : nullptr); });
}

void cold(const arguments& given, const server& at)
{
    for (const bool resumed : {false, true}) {
        asio::io_context io;
        auto options = short_lived(at.pool());
        options.resume_tls = resumed;
        const auto pool = std::make_shared<http::connection_pool>(io.get_executor(), options);
        const auto client = at.client(pool);
        const auto user = client.for_user(at.user);
        // Of all connections, those of the warm-up included.
        const auto handshakes = [&] {
            const auto stats = pool->stats();
            return "\"connected\":" + std::to_string(stats.connected) + ",\"resumed\":" + std::to_string(stats.resumed);
        };
        wire(io).run(
            given, "cold", resumed ? "cold_resume" : "cold", in_flight(8), warm_cold,
            [&] { return look_up(user, at.user_name); }, 1, handshakes);
    }
}

} // namespace bench
