// The deadlines of all calls of a pool, with one timer.
#pragma once

#include "coro/clock_timer.hpp"

#include <coauth/coro/clock.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/set.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

namespace coauth::http {

/// Sets one timer to the earliest deadline. It is set while any call has a deadline, and keeps the context busy then.
///
/// Thread safety: safe. Lifetime: made by `std::make_shared`; must outlive its calls.
class call_deadlines : public std::enable_shared_from_this<call_deadlines> {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// What has at most one deadline, owned by a `shared_ptr`. Its destructor must `clear` it.
    class entry : public boost::intrusive::set_base_hook<> {
    public:
        virtual ~entry() = default;

        /// The deadline has passed, and is no longer set. On any thread.
        virtual void deadline_passed() noexcept = 0;

        friend bool operator<(const entry& a, const entry& b) noexcept { return a.at_ < b.at_; }

    private:
        friend class call_deadlines;

        /// Empty if it is being destroyed.
        virtual std::shared_ptr<entry> shared() noexcept = 0;

        time_point at_;
    };

    call_deadlines(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock);

    /// In place of the deadline that it had, if any. Throws `std::bad_alloc`.
    void set(entry& call, time_point at);

    void clear(entry& call) noexcept;

    /// Lets go of the executor as soon as no call has a deadline.
    void close() noexcept;

private:
    void set_timer(std::unique_lock<std::mutex> lock);
    std::shared_ptr<clock_timer> not_needed() noexcept;
    std::shared_ptr<entry> take_passed() noexcept;
    void time_out() noexcept;

    const boost::asio::any_io_executor executor_;
    const std::shared_ptr<clock> clock_;

    std::mutex mutex_;
    boost::intrusive::multiset<entry> calls_;
    std::shared_ptr<clock_timer> timer_; // from the first deadline on; shared, since it is applied without the lock
    std::optional<time_point> planned_;  // what the timer is set to, or is about to be
    bool unsure_ = false;                // it could not be set
    bool closed_ = false;
};

} // namespace coauth::http
