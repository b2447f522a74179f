// Keeps a SIGINT or SIGTERM from tearing apart what belongs together.
#pragma once

#include <boost/asio/cancellation_type.hpp>

namespace program {

/// A filter for `reset_cancellation_state` that lets no cancellation through, and says if there was one:
///
///     bool asked = false;
///     const held_back hold(asked);
///     co_await asio::this_coro::reset_cancellation_state(hold);
///     // what must be whole
///     co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
///     if (asked) throw coauth::error(coauth::errc::cancelled);
///
/// Lifetime: refers to `asked`, which must outlive the coroutine.
class held_back {
public:
    explicit held_back(bool& asked) : asked_(&asked) {}

    boost::asio::cancellation_type operator()(boost::asio::cancellation_type type) const noexcept
    {
        *asked_ = *asked_ || type != boost::asio::cancellation_type::none;
        return boost::asio::cancellation_type::none;
    }

private:
    bool* asked_;
};

} // namespace program
