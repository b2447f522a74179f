// Holds a request until it is opened.
#pragma once

#include <coauth/coro/call_on.hpp>
#include <coauth/server/http_server.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <memory>
#include <utility>

namespace loopback {

namespace asio = boost::asio;

/// For one request.
struct gate {
    explicit gate(asio::any_io_executor executor)
        : strand(asio::make_strand(executor)), timer(strand, asio::steady_timer::time_point::max())
    {}

    asio::any_io_executor strand;
    asio::steady_timer timer;
    bool is_open = false;
    std::promise<void> entered;
    std::promise<bool> left; // true: it was open; false: the handler was cancelled

    static asio::awaitable<void> wait(std::shared_ptr<gate> self)
    {
        self->entered.set_value();
        co_await self->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        self->left.set_value(self->is_open);
    }

    static asio::awaitable<coauth::server::response> pass(std::shared_ptr<gate> self, coauth::server::request)
    {
        co_await coauth::call_on(self->strand, wait(self));
        co_return coauth::server::response(200, "text/plain", "passed");
    }

    static void open(std::shared_ptr<gate> self)
    {
        asio::post(self->strand, [self] {
            self->is_open = true;
            self->timer.cancel();
        });
    }
};

inline coauth::server::handler through(std::shared_ptr<gate> g)
{
    return [g](coauth::server::request r) { return gate::pass(g, std::move(r)); };
}

} // namespace loopback
