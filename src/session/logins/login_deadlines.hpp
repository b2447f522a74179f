// One alarm for all deadlines of logins.
#pragma once

#include "coro/clock_timer.hpp"

#include <coauth/coro/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace coauth::sessions {

/// The alarm for the next sweep of expired logins. Fires at the earliest deadline, and at least a tenth of a second
/// after the last sweep, so that there are ten sweeps a second at most. Not set while no login is pending, as far as
/// this process knows. The functions that set it throw `std::bad_alloc` if memory is exhausted; the next call sets it
/// then.
///
/// Thread safety: safe.
class login_deadlines {
public:
    using time_point = clock_timer::time_point;

    /// `on_time` may be called until shortly after this is destroyed. It calls `alarm_fired`, then sweeps.
    login_deadlines(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> on_time);

    void alarm_fired();

    /// A login has begun, and expires at `deadline`.
    void begun(time_point deadline);

    /// An earlier login has been found pending, and expires at `deadline`.
    void found(time_point deadline);

    /// A login was taken. Returns whether it was the last that began here: then a sweep should follow.
    bool taken();

    /// Logins begun so far; a sweep remembers it as of its start.
    std::uint64_t count() const;

    /// A sweep that started when `count` was `as_of` removed `expired` logins, and found the next deadline, or
    /// none.
    void swept(std::uint64_t as_of, std::size_t expired, std::optional<time_point> next, time_point now);

    /// Does not fire again.
    void close() noexcept;

private:
    // With the lock held; `alarm_.apply` follows without it.
    void arm(time_point at) noexcept;

    mutable std::mutex mutex_;
    std::optional<time_point> armed_;
    std::uint64_t count_ = 0;
    std::size_t pending_ = 0; // an estimate: other servers may share the store
    bool closed_ = false;
    clock_timer alarm_;
};

} // namespace coauth::sessions
