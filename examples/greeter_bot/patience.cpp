#include "greeter_bot/patience.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

namespace greeter_bot {

namespace asio = boost::asio;

asio::awaitable<void> wait_for(std::chrono::milliseconds time)
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> wait_for_limit(coauth::error refused)
{
    constexpr std::chrono::seconds window(900);
    const std::chrono::seconds time = refused.retry_after().value_or(window);
    std::cerr << "limit  the provider's rate limit is spent; going on in " << time.count() << " s\n";
    co_await wait_for(time);
}

} // namespace greeter_bot
