// Calls back at a time, by a clock that may be a test's.
#pragma once

#include <coauth/coro/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace coauth::sessions {

/// One time to be called at. An alarm that is set keeps its context busy; one that has rung or is
/// cleared does not.
///
/// Thread safety: safe. Lifetime: once destroyed it does not call any more.
class alarm {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `ring` is called on the executor, on any thread, one call at a time, and must not throw. It may be early where
    /// memory is short.
    alarm(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> ring);
    ~alarm();

    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;

    /// Rings at `at` (now, if that is past), and at no other time. As `plan` and `apply`.
    void set(time_point at);

    void clear();

    /// Says when to ring, or that it is not to; `apply` then sees to it. For a caller that decides with a lock held:
    /// neither blocks nor throws.
    void plan(std::optional<time_point> at) noexcept;

    /// Sets the alarm as it was planned last, whoever planned it. Never with a lock held: where memory is short it
    /// tries for some 50 ms, then throws `std::bad_alloc`. The next call does it then.
    void apply();

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace coauth::sessions
