#include "greeter_bot/limit_wait.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iostream>

namespace greeter_bot {

namespace asio = boost::asio;

asio::awaitable<void> wait_for(std::chrono::milliseconds time)
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

std::chrono::seconds limit_wait(const coauth::error& refused, int earlier)
{
    constexpr std::chrono::seconds first(60);
    constexpr std::chrono::seconds window(900);
    constexpr int most_doublings = 4;
    const auto guess = [&](int before) { return std::min(window, first * (1 << std::min(before, most_doublings))); };
    const auto named = refused.retry_after();
    if (!named || named->count() <= 0)
        return guess(earlier);
    return earlier == 0 ? *named : std::max(*named, guess(earlier - 1));
}

asio::awaitable<void> wait_for_limit(coauth::error refused, int earlier)
{
    const std::chrono::seconds time = limit_wait(refused, earlier);
    std::cerr << "limit  the provider's rate limit is exhausted; going on in " << time.count() << " s\n";
    co_await wait_for(time);
}

} // namespace greeter_bot
