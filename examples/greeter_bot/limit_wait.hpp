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

/// How long to wait after a call failed with `errc::rate_limited`, and `earlier` calls in a row before it: until
/// the time that the provider named. If it named none, a minute, twice as long each time, a quarter of an hour at
/// most, which is the length of a window; from the second refusal in a row on, no shorter time is believed.
std::chrono::seconds limit_wait(const coauth::error& refused, int earlier);

/// Waits so long, and says so on stderr.
boost::asio::awaitable<void> wait_for_limit(coauth::error refused, int earlier);

/// Awaits what `call()` returns, again and again while the rate limit is exhausted.
template <class Call>
std::invoke_result_t<Call> retry_after_limit(Call call)
{
    for (int refusals = 0;; ++refusals) {
        auto outcome = co_await coauth::as_result(call());
        if (outcome)
            co_return std::move(outcome).value();
        if (outcome.error().reason() != coauth::errc::rate_limited)
            throw outcome.error();
        co_await wait_for_limit(outcome.error(), refusals);
    }
}

} // namespace greeter_bot
