// The driver of the batcher, shared by threads: adds questions, waits, sends.
#pragma once

#include "coro/clock_timer.hpp"
#include "session/lookups/lookup_batcher.hpp"
#include "session/setup.hpp"
#include "session/shared_end.hpp"
#include "session/tokens.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coauth::sessions {

/// Hold it in a `shared_ptr`; operations in progress keep it.
///
/// Thread safety: safe. Lifetime: `abort` must be called before the executor's context ends.
class lookups : public std::enable_shared_from_this<lookups> {
public:
    lookups(std::shared_ptr<const session_setup> setup, std::shared_ptr<tokens> tokens);

    /// Starts what needs `shared_from_this`.
    void start();

    /// A profile in the cache, if it is the answer and will be for a second. Counts and reports the hit.
    class cached_profile {
    public:
        cached_profile(lookups& owner, const std::string& user_id, const coauth::user_ref& user);
        ~cached_profile();
        cached_profile(const cached_profile&) = delete;
        cached_profile& operator=(const cached_profile&) = delete;

        /// Null: call `look_up`. Copy it at once: a lock is held while this lives.
        const coauth::profile* found() const noexcept { return found_; }

    private:
        const session_setup& setup_;
        const std::string& user_id_;
        cache_lock::reading reading_;
        const coauth::profile* found_ = nullptr;
    };

    /// Whether a lookup is made with a credential that was renewed for it.
    enum class attempt { first, renewed };

    /// One result for each of `users`, in that order. `max_wait`: empty for the session's. A credential that the provider
    /// refuses is renewed, once, if it can be, and else forgotten. Throws `unknown_user`,
    /// `cancelled`, what the token store throws, the error of an outage, and `std::bad_alloc`.
    boost::asio::awaitable<call_results> look_up(std::string user_id, std::vector<coauth::user_ref> users,
        std::optional<std::chrono::milliseconds> max_wait = {}, attempt made = attempt::first);

    /// Removes an owner's token and cached results; questions that wait to be sent fail with `unknown_user`.
    /// Returns whether the store still had it.
    boost::asio::awaitable<bool> sign_out(owner_ptr owner);

    using other_call = lookup_batcher::other_call;

    /// As those of the batcher. With any verdict but `go` the caller waits for `turn`, and asks again then; unless it leaves:
    /// then it calls `leave`. Throws `cancelled` once closed, `unknown_user` once signed out, and `std::bad_alloc`.
    allowance::verdict admit(other_call& call, const std::shared_ptr<one_shot>& turn);
    void leave(const std::shared_ptr<one_shot>& turn) noexcept;
    void call_responded(const other_call& call, const rate_limits& limits) noexcept;
    void call_failed(const other_call& call, const error& why) noexcept;
    void call_dropped(const other_call& call) noexcept;

    session_stats::lookup_counts counts() const;

    /// Refuses new questions, and fails those that are not in flight.
    void close();

    /// Fails all questions at once.
    void abort();

private:
    class call_registration;
    class batch_in_flight;

    /// A call that asks again at `until`, or, unless it waits for a rate limit, when a request has ended.
    struct waiting_turn {
        waiting_turn(std::shared_ptr<one_shot> turn, lookup_batcher::time_point until, bool for_limit)
            : turn(std::move(turn)), until(until), for_limit(for_limit)
        {}

        std::shared_ptr<one_shot> turn;
        lookup_batcher::time_point until;
        bool for_limit;
    };

    using time_point = lookup_batcher::time_point;

    void end(lookup_batcher::call_list (lookup_batcher::*operation)(const error&)) noexcept;
    void schedule_run() noexcept;
    void run();
    bool step();
    void send(batch_ptr request);
    static boost::asio::awaitable<void> run_batch(batch_in_flight batch);
    void notify(const lookup_batcher::call_list& done) noexcept;
    void notify_remaining();
    void report_events() noexcept;
    static bool has_refused(const lookup_call& call);
    boost::asio::awaitable<call_results> look_up_refused(
        owner_ptr owner, std::shared_ptr<lookup_call> call, attempt made);
    bool add_call(const owner_ptr& owner, const std::shared_ptr<lookup_call>& call);
    void out_of_memory() noexcept;
    template <class Change>
    void end_call(Change change) noexcept;
    void resume_turns(time_point now, bool request_ended) noexcept;
    time_point now() const { return setup_->options.clock->steady_now(); }

    const std::shared_ptr<const session_setup> setup_;
    const std::shared_ptr<tokens> tokens_;
    const boost::asio::strand<boost::asio::any_io_executor> strand_;
    const batcher_rules rules_;
    std::unique_ptr<clock_timer> alarm_;

    mutable std::mutex mutex_;
    lookup_batcher batcher_;
    boost::intrusive::list<lookup_call, boost::intrusive::constant_time_size<false>> calls_; ///< In `look_up` now.

    // Replaces the batcher if memory is exhausted in the middle of a step. There is one while `calls_` is not empty.
    std::unique_ptr<lookup_batcher> spare_;
    std::uint64_t first_number_ = 0; ///< Owners with a lower one belong to an earlier batcher.

    std::list<waiting_turn> turns_; ///< Of other calls.

    bool unnotified_ = false; ///< Some of `calls_` are complete, and have not been notified for lack of memory.
    bool run_scheduled_ = false;
    std::atomic<bool> closed_ = false; ///< Set with the lock held.
};

} // namespace coauth::sessions
