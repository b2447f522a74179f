// A session and a sandbox in one program, with a clock that jumps where a session would wait.
#pragma once

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/session/session.hpp>
#include <coauth/twitter/client.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coauth::testing {

/// The machine's time, and what was skipped of it: while it `jumps`, a wait of a second or more is over
/// at once, and the sandbox's clock jumps along.
class jumping_clock final : public clock {
public:
    std::atomic<bool> jumps = true;
    std::function<void(std::chrono::seconds skipped)> jumped;
    std::function<bool()> busy; ///< A request is in flight, which a jump would delay.

    std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now() + skipped(); }
    std::chrono::steady_clock::time_point steady_now() const override
    {
        return std::chrono::steady_clock::now() + skipped();
    }

    boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        const auto whole = jumps ? std::chrono::floor<std::chrono::seconds>(duration) : std::chrono::seconds(0);
        boost::asio::steady_timer timer(executor);
        while (whole.count() != 0 && busy && busy()) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        if (whole.count() != 0)
            skip(whole);
        timer.expires_after(duration - whole);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }

    /// Advances the time, also without a waiter.
    void skip(std::chrono::seconds time)
    {
        skipped_ += time.count();
        if (jumped)
            jumped(skipped());
    }

    std::chrono::seconds skipped() const { return std::chrono::seconds(skipped_.load()); }

private:
    std::atomic<std::int64_t> skipped_{0};
};

class sandbox_fixture {
public:
    explicit sandbox_fixture(sandbox::options sandbox_options = sandbox::options(),
        session_options new_options = session_options(), twitter::api_version api = twitter::api_version::v2)
        : sandbox(io.get_executor(), std::move(sandbox_options))
    {
        clock->jumped = [this](std::chrono::seconds skipped) { sandbox.set_clock_skew(skipped); };
        clock->busy = [this] { return session && session->stats().lookups.in_flight != 0; };
        http::pool_options pool;
        pool.trust = http::tls_trust::ca_file(sandbox.ca_file());
        transport = std::make_shared<http::connection_pool>(io.get_executor(), pool);
        twitter::client_options options;
        options.endpoints = twitter::endpoints(sandbox.url());
        options.api = api;
        options.clock = clock;
        client.emplace(transport, sandbox.consumer(), options);
        new_options.clock = clock;
        if (new_options.callback.empty())
            new_options.callback = callback;
        session.emplace(io.get_executor(), twitter::provider(*client), std::move(new_options));
    }

    template <class T>
    result<T> run(boost::asio::awaitable<T> op)
    {
        std::optional<result<T>> out;
        boost::asio::co_spawn(io, keep(std::move(op), out), [this](const std::exception_ptr&) { io.stop(); });
        io.run();
        io.restart();
        REQUIRE(out);
        return std::move(*out);
    }

    /// Runs the context until `done`.
    void run_until(const std::function<bool()>& done)
    {
        while (!done())
            io.run_one();
    }

    /// Signs a user in without the browser; returns the id.
    std::string sign_in(const char* username)
    {
        const oauth1::access_token token = sandbox.issue_access_token(username);
        std::string id = run(client->for_user(token).me()).value().id;
        REQUIRE(run(session->add_user(id, twitter::credential_of(token))));
        return id;
    }

    /// As a browser of a user who allows the login: opens the page and returns the callback's query.
    std::string browse(const std::string& url)
    {
        const auto target = oauth1::split_target(url).value();
        http::request get;
        get.origin.https = target.https;
        get.origin.host = std::string(target.host);
        get.origin.port = target.port;
        get.target = std::string(target.path) + '?' + std::string(target.query);
        const auto response = run(transport->send(std::move(get))).value();
        const std::string location(response.headers.get("Location"));
        REQUIRE(location.starts_with(callback));
        return location.substr(location.find('?') + 1);
    }

    /// How many requests the sandbox had for a route, and how many it answered with a status.
    std::int64_t calls(const char* route) const { return count(std::string("/routes/") + escaped(route) + "/calls"); }
    std::int64_t responses(const char* route, int status) const
    {
        return count("/routes/" + escaped(route) + "/statuses/" + std::to_string(status));
    }

    static constexpr const char* callback = "http://127.0.0.1:1/callback";

    boost::asio::io_context io;
    std::shared_ptr<jumping_clock> clock = std::make_shared<jumping_clock>();
    sandbox::provider sandbox;
    std::shared_ptr<http::connection_pool> transport;
    std::optional<twitter::client> client;
    std::optional<coauth::session> session;

private:
    std::int64_t count(const std::string& pointer) const
    {
        const boost::json::value all = boost::json::parse(sandbox.counters());
        boost::system::error_code ec;
        const boost::json::value* found = all.find_pointer(pointer, ec);
        return found ? found->to_number<std::int64_t>() : 0;
    }

    // As a step of a JSON pointer.
    static std::string escaped(std::string route)
    {
        for (std::size_t at = route.find('/'); at != std::string::npos; at = route.find('/', at + 2))
            route.replace(at, 1, "~1");
        return route;
    }

    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> op, std::optional<result<T>>& out)
    {
        result<T> r = co_await as_result(std::move(op));
        out.emplace(std::move(r));
    }
};

} // namespace coauth::testing
