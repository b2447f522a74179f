// A time limit for an operation; Asio 1.81 has none.
#pragma once

#include <coauth/coro/call_on.hpp>
#include <coauth/error.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace coauth {

namespace cancel_after_detail {

using strand = boost::asio::strand<boost::asio::any_io_executor>;

// The timer; begin, expiry and end all happen on the operation's strand.
struct deadline {
    deadline(const strand& s, std::chrono::milliseconds limit) : timer(s, limit) {}

    boost::asio::steady_timer timer;
    bool passed = false; // before the operation ended
    bool ended = false;
};

struct watch {
    std::shared_ptr<deadline> limit;

    void begin(const std::shared_ptr<boost::asio::cancellation_signal>& signal)
    {
        limit->timer.async_wait([self = limit, signal](const boost::system::error_code& ec) {
            // The timer may have expired just as the operation ended; its caller reads `passed` from then on.
            if (ec || self->ended)
                return;
            self->passed = true;
            signal->emit(boost::asio::cancellation_type::terminal);
        });
    }

    void end()
    {
        limit->ended = true;
        limit->timer.cancel();
    }
};

} // namespace cancel_after_detail

/// Runs `op` and cancels it if it takes longer than `limit`; then fails with `errc::timeout`, which is `not_sent` if the error
/// that `op` ended with was.
///
///     auto query = co_await coauth::cancel_after(std::chrono::minutes(5), listener.wait(accept));
///
/// Thread safety: safe; `op` runs on a strand of its own, and the caller's cancellation reaches it.
/// Lifetime: as `call_on`.
template <class T>
boost::asio::awaitable<T> cancel_after(std::chrono::milliseconds limit, boost::asio::awaitable<T> op)
{
    boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    const cancel_after_detail::strand strand(executor);
    auto deadline = std::make_shared<cancel_after_detail::deadline>(strand, limit);
    cancel_after_detail::watch watch{deadline};
    error late(errc::timeout);
    try {
        if constexpr (std::is_void_v<T>) {
            co_await call_on_detail::run(strand, std::move(op), std::move(watch));
            co_return;
        } else {
            co_return co_await call_on_detail::run(strand, std::move(op), std::move(watch));
        }
    } catch (const error& failed) {
        if (!deadline->passed)
            throw;
        if (failed.not_sent())
            late = late.with_not_sent();
    } catch (const boost::system::system_error&) {
        if (!deadline->passed)
            throw;
    }
    throw late;
}

} // namespace coauth
