// Calls a function at a time of a clock, which may be a test's.
#pragma once

#include <coauth/coro/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace coauth {

/// A timer for one time. One that is set keeps its context busy; one that has fired or is cleared does not.
///
/// Thread safety: safe. Lifetime: it does not keep its owner alive; once destroyed it does not call any longer.
class clock_timer {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `on_time` is called on the executor, on any thread, one call at a time, and must not throw. The call may be early
    /// if memory is exhausted.
    clock_timer(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> on_time);

    ~clock_timer();

    clock_timer(const clock_timer&) = delete;
    clock_timer& operator=(const clock_timer&) = delete;

    /// Calls at `at` (now, if that is past), and at no other time. As `plan` and `apply`.
    void set(time_point at);

    void clear();

    /// Stores the time, or none; `apply` then sets the timer. For a caller that decides with a lock held: neither
    /// blocks nor throws.
    void plan(std::optional<time_point> at) noexcept;

    /// Sets the timer as it was last planned, by any caller. Never with a lock held: if memory is exhausted it
    /// tries for some 50 ms, then throws `std::bad_alloc`. The next call sets the timer then.
    void apply();

private:
    class state;
    template <class Strand>
    class state_on;
    std::shared_ptr<state> state_;
};

} // namespace coauth
