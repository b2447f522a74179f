// A session and a sandbox in one program, with time that jumps where a session would wait.
#pragma once

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/session/session.hpp>

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
    std::function<bool()> busy; ///< Something is on the wire, which a jump would make badly late.

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

    /// Lets time pass, whatever waits.
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

class town {
public:
    explicit town(sandbox::options mood = sandbox::options(), session_options wanted = session_options(),
        twitter::api_version api = twitter::api_version::v2)
        : sandbox(io.get_executor(), std::move(mood))
    {
        clock->jumped = [this](std::chrono::seconds skipped) { sandbox.set_clock_skew(skipped); };
        clock->busy = [this] { return session && session->stats().lookups.under_way != 0; };
        http::pool_options pool;
        pool.trust = http::tls_trust::ca_file(sandbox.ca_file());
        transport = std::make_shared<http::connection_pool>(io.get_executor(), pool);
        twitter::client_options options;
        options.endpoints = twitter::endpoints(sandbox.url());
        options.api = api;
        options.clock = clock;
        client.emplace(transport, sandbox.consumer(), options);
        wanted.clock = clock;
        if (wanted.callback.empty())
            wanted.callback = callback;
        session.emplace(io.get_executor(), *client, std::move(wanted));
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

    /// Lets go on what is under way, until `done`.
    void run_until(const std::function<bool()>& done)
    {
        while (!done())
            io.run_one();
    }

    /// Someone signed in without the browser; returns the id.
    std::string sign_in(const char* username)
    {
        const oauth1::access_token token = sandbox.issue_access_token(username);
        std::string id = run(client->for_user(token).me()).value().id;
        REQUIRE(run(session->add_user(id, token)));
        return id;
    }

    /// What a browser does that auto-approves: opens the page and returns the callback's query.
    std::string browse(const std::string& url)
    {
        const auto where = oauth1::split_target(url).value();
        http::request get;
        get.origin.https = where.https;
        get.origin.host = std::string(where.host);
        get.origin.port = where.port;
        get.target = std::string(where.path) + '?' + std::string(where.query);
        const auto answer = run(transport->send(std::move(get))).value();
        const std::string location(answer.headers.get("Location"));
        REQUIRE(location.starts_with(callback));
        return location.substr(location.find('?') + 1);
    }

    /// How often the sandbox saw a route, or answered it with one status.
    std::int64_t calls(const char* route) const { return count(std::string("/routes/") + escaped(route) + "/calls"); }
    std::int64_t answers(const char* route, int status) const
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
