// One alarm for all deadlines of logins.
#pragma once

#include "session/alarm.hpp"

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

/// When logins are to be swept out. Rings for the earliest deadline, and after a sweep not before a
/// tenth of a second, so that a crowd costs ten sweeps a second and no more. Not set while no login
/// lives, as far as this process knows. What sets it throws `std::bad_alloc` where memory is short; the next call
/// sets it then.
///
/// Thread safety: safe.
class login_deadlines {
public:
    using time_point = alarm::time_point;

    /// `ring` may be called until shortly after this is destroyed. It calls `rung`, then sweeps.
    login_deadlines(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> ring);

    void rung();

    /// A login lives until `deadline`.
    void begun(time_point deadline);

    /// A login that was here before has been found to live until `deadline`.
    void found(time_point deadline);

    /// A login was taken. Returns whether it was the last that began here: then a sweep should look.
    bool taken();

    /// Logins begun so far; a sweep remembers it as of its start.
    std::uint64_t count() const;

    /// A sweep that started when `count` was `as_of` dropped `expired` logins, and found the next one
    /// due at `next`, or none.
    void swept(std::uint64_t as_of, std::size_t expired, std::optional<time_point> next, time_point now);

    /// Never rings again.
    void close() noexcept;

private:
    // With the lock held; `alarm_.apply` follows without it.
    void arm(time_point at) noexcept;

    mutable std::mutex mutex_;
    std::optional<time_point> armed_;
    std::uint64_t count_ = 0;
    std::size_t living_ = 0; // a guess: other servers may share the store
    bool closed_ = false;
    alarm alarm_;
};

} // namespace coauth::sessions
