// Keeps a SIGINT or SIGTERM from tearing apart what belongs together.
#pragma once

#include <boost/asio/cancellation_type.hpp>

namespace program {

/// A filter for `reset_cancellation_state` that lets no cancellation through, and says if there was one:
///
///     bool cancelled = false;
///     const held_back hold(cancelled);
///     co_await asio::this_coro::reset_cancellation_state(hold);
///     // what must be whole
///     co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
///     if (cancelled) throw coauth::error(coauth::errc::cancelled);
///
/// Lifetime: refers to `cancelled`, which must outlive the coroutine.
class held_back {
public:
    explicit held_back(bool& cancelled) : cancelled_(&cancelled) {}

    boost::asio::cancellation_type operator()(boost::asio::cancellation_type type) const noexcept
    {
        *cancelled_ = *cancelled_ || type != boost::asio::cancellation_type::none;
        return boost::asio::cancellation_type::none;
    }

private:
    bool* cancelled_;
};

} // namespace program
