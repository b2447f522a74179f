// Runs the coroutine that a program is.
#pragma once

#include <coauth/export.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth {

/// Runs `task` to its end, and returns the exit code for `main`:
///
///     int main()
///     {
///         return coauth::run(sign_in());
///     }
///
/// 0 when the task has ended; 1 if it failed, with the error described on standard error; 128 and the signal's number
/// after SIGINT or SIGTERM. The first signal cancels the task and waits for its end, the second one does not wait. Work
/// that the task left behind ends with it.
///
/// `threads`: how many run the context, at least 1. The task has a strand of its own:
/// `co_await boost::asio::this_coro::executor` is it.
///
/// Thread safety: call it once at a time, since it takes the signals.
COAUTH_DECL int run(boost::asio::awaitable<void> task, unsigned threads = 1);

} // namespace coauth
