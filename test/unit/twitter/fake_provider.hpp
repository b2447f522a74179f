// A provider without a network: a script of responses, each with a check of the request before it.
#pragma once

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/clock.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coauth::twitter::testing {

/// Time moves by what is slept only.
class fake_clock final : public coauth::clock {
public:
    std::chrono::system_clock::time_point now() const override { return now_; }
    std::chrono::steady_clock::time_point steady_now() const override { return steady_; }
    boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        sleeps.push_back(duration);
        pass(duration);
        co_return;
    }

    void pass(std::chrono::milliseconds duration)
    {
        now_ += duration;
        steady_ += duration;
    }
    void set(std::int64_t seconds) { now_ = std::chrono::system_clock::time_point(std::chrono::seconds(seconds)); }

    std::vector<std::chrono::milliseconds> sleeps;

private:
    std::chrono::system_clock::time_point now_{std::chrono::seconds(1700000000)}; // Tue, 14 Nov 2023 22:13:20 GMT
    std::chrono::steady_clock::time_point steady_{std::chrono::hours(5)};
};

class fake_transport final : public http::transport {
public:
    using check = std::function<void(const http::request&)>;

    /// The next response; `expected` checks the request before it is sent.
    fake_transport& respond(int status, std::string body, check expected = {})
    {
        step s;
        s.response.status = status;
        s.response.body = std::move(body);
        s.expected = std::move(expected);
        script_.push_back(std::move(s));
        return *this;
    }
    fake_transport& header(std::string name, std::string value)
    {
        script_.back().response.headers.add(std::move(name), std::move(value));
        return *this;
    }
    fake_transport& fail(error reason)
    {
        step s;
        s.failure = std::move(reason);
        script_.push_back(std::move(s));
        return *this;
    }

    boost::asio::awaitable<http::response> send(http::request request) override
    {
        REQUIRE_MESSAGE(!script_.empty(), "a request too many: " << request.method << ' ' << request.target);
        const step next = std::move(script_.front());
        script_.pop_front();
        if (next.expected)
            next.expected(request);
        seen.push_back(std::move(request));
        if (next.failure)
            throw *next.failure;
        co_return next.response;
    }

    bool done() const { return script_.empty(); }

    std::vector<http::request> seen;

private:
    struct step {
        http::response response;
        std::optional<error> failure;
        check expected;
    };
    std::deque<step> script_;
};

/// The parameter `name` of a request's Authorization header.
inline std::string oauth(const http::request& r, std::string_view name)
{
    const auto list = oauth1::parse_authorization_header(r.headers.get("authorization"));
    REQUIRE(list);
    const std::string* value = oauth1::find(*list, name);
    return value ? *value : "";
}

/// Everything a test of the client needs.
struct client_fixture {
    explicit client_fixture(api_version api = api_version::v2, const std::string& base = "https://api.example.com")
    {
        options.endpoints = endpoints(base);
        options.api = api;
        options.clock = time;
        options.nonce = [n = std::make_shared<int>(0)] { return "nonce-" + std::to_string(++*n); };
    }

    client make() const { return client(wire, oauth1::consumer("consumer-key", secret("consumer-canary")), options); }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<fake_transport> wire = std::make_shared<fake_transport>();
    client_options options;
    oauth1::access_token user{"token-canary", secret("token-secret-canary")};
    oauth1::request_token login{"login-canary", secret("login-secret-canary")};
};

template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> operation, std::optional<result<T>>& into)
{
    result<T> outcome = co_await as_result(std::move(operation));
    into.emplace(std::move(outcome));
}

/// Runs an operation to its end and gives its value or error.
template <class T>
result<T> run(boost::asio::awaitable<T> operation)
{
    boost::asio::io_context context;
    std::optional<result<T>> outcome;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        context, keep(std::move(operation), outcome), [&failure](std::exception_ptr e) { failure = e; });
    context.run();
    if (failure)
        std::rethrow_exception(failure);
    REQUIRE(outcome);
    return *std::move(outcome);
}

} // namespace coauth::twitter::testing
