// Time as an input, so that a test can bring its own.
#pragma once

#include <coauth/export.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace coauth {

/// The two clocks a provider client needs, and a way to wait.
///
/// Implementations are safe to call from any thread.
class COAUTH_DECL clock {
public:
    virtual ~clock();

    /// The time of day, for timestamps and resets only: it may jump.
    virtual std::chrono::system_clock::time_point now() const = 0;

    /// Never jumps; for deadlines.
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;

    /// Waits; honours cancellation by throwing.
    virtual boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) = 0;
};

/// The machine's own clocks.
COAUTH_DECL std::shared_ptr<clock> system_clock();

} // namespace coauth
