// Waiting: for the rate limit, and between rounds.
#pragma once

#include <coauth/coro/as_result.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace greeter_bot {

/// Honours cancellation.
boost::asio::awaitable<void> wait_for(std::chrono::milliseconds time);

/// Waits, and says so on stderr, until the call that failed with `errc::rate_limited` is allowed again; a
/// quarter of an hour, the length of a window, if the provider did not say when that is.
boost::asio::awaitable<void> wait_for_limit(coauth::error refused);

/// Awaits what `call()` returns, again and again while the rate limit is spent.
template <class Call>
std::invoke_result_t<Call> patiently(Call call)
{
    for (;;) {
        auto outcome = co_await coauth::as_result(call());
        if (outcome)
            co_return std::move(outcome).value();
        if (outcome.error().reason() != coauth::errc::rate_limited)
            throw outcome.error();
        co_await wait_for_limit(outcome.error());
    }
}

} // namespace greeter_bot
