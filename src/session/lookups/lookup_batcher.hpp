// Gathers questions into batches, and decides when each is sent. Pure: no lock, no clock, no coroutine.
#pragma once

#include "session/lookups/allowance.hpp"
#include "session/lookups/lookup_cache.hpp"
#include "session/lookups/lookup_call.hpp"
#include "session/lookups/outage.hpp"
#include "session/lookups/token_owner.hpp"

#include <coauth/identity/reply.hpp>
#include <coauth/session/session_event.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace coauth::sessions {

/// As the members of `session_options` with the same names.
struct batcher_rules {
    batcher_rules() = default;

    std::size_t max_requests = 8;
    std::size_t max_cached_lookups = 10'000;
    std::chrono::milliseconds cache_for{300'000};
    std::chrono::milliseconds cache_missing_for{60'000};
    std::chrono::milliseconds gather_for{0};
    std::chrono::milliseconds retry_for{5'000};
    std::chrono::milliseconds reset_jitter{3'000};
    std::function<double()> chance;
    bool collect_events = false;
};

/// A request in flight, for up to `lookup_rules::max_users` users.
struct batch {
    using time_point = std::chrono::steady_clock::time_point;

    batch(owner_ptr owner, queue_ptr queue, bool repeated, bool retry, time_point sent_at)
        : owner(std::move(owner)), queue(std::move(queue)), repeated(repeated), retry(retry), sent_at(sent_at)
    {}

    std::vector<coauth::user_ref> users() const;

    owner_ptr owner;
    queue_ptr queue;
    const bool repeated; ///< Its users were in a request that failed.
    const bool retry;    ///< As `outage` defines it.
    const time_point sent_at;
    std::list<question> questions;
};
using batch_ptr = std::shared_ptr<batch>;

/// The questions of all token owners.
///
/// A question is answered from the cache, joins an equal one of the same owner, or waits in one of the
/// owner's queues. `next` serves the queues in turn. A batch is formed only when it may be sent: all questions
/// that have gathered until then share it, and a call that leaves before costs no request. A question in flight is
/// kept although its calls have left: the provider charges for it, and a later call may join it.
///
/// Questions whose request failed with a transient error wait again, behind those that failed earlier, and are
/// sent in requests of half the size after each failure until one succeeds: this isolates a name that the provider
/// fails on, and does not delay the others. `outage` limits the rate. After `retry_for` without a success the call
/// fails, not the question.
class lookup_batcher {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using call_list = std::vector<std::shared_ptr<lookup_call>>;

    lookup_batcher(batcher_rules rules, time_point now);

    /// Adds the question for `call->users[place]`. A cached result is in `call->results` afterwards; else
    /// `call->open` has grown by one.
    void add(const owner_ptr& owner, const std::shared_ptr<lookup_call>& call, std::size_t place, time_point now);

    /// The profile that `add` would find in the cache, if the user was asked for in the same spelling before; else null.
    /// Many threads may call it at once while no other function is called.
    const coauth::profile* cached(const token_owner& owner, const coauth::user_ref& user, time_point now) const;

    /// Removes a call's open questions.
    void remove(const owner_ptr& owner, const std::shared_ptr<lookup_call>& call);

    /// The next action of the driver.
    struct step {
        enum class kind {
            send, ///< Send `request`; then call `next` again at once.
            wait, ///< Call `next` at `until`, or after any other call.
            idle, ///< Call `next` after any other call.
        };

        step() = default;

        kind action = kind::idle;
        batch_ptr request;
        time_point until{};
        call_list done; ///< To be notified with any action.
    };
    step next(time_point now);

    /// A request succeeded. Returns the calls that are complete now.
    call_list succeeded(
        const batch_ptr& request, coauth::reply<coauth::lookups> reply, std::chrono::sys_seconds wall, time_point now);

    /// A request failed: its questions wait again or fail, or, for an error of this program, the calls that asked
    /// fail. `token_revoked` fails all questions of the owner.
    call_list failed(const batch_ptr& request, const error& why, time_point now);

    /// A request ended without a result because memory is exhausted. Returns the calls that asked, which are
    /// `out_of_memory` now.
    call_list dropped(const batch_ptr& request);

    /// Removes an owner's cached results, and fails the owner's questions that wait to be sent.
    call_list sign_out(const owner_ptr& owner, const error& why);

    /// Fails all questions that wait to be sent.
    call_list close(const error& why);

    /// Fails all questions, those in flight too.
    call_list abort(const error& why);

    /// A call of a user other than a lookup. It counts against the same number of requests and is held back by the same
    /// outages; its rate window is its own, named by `limit`.
    struct other_call {
        other_call(owner_ptr owner, std::string limit) : owner(std::move(owner)), limit(std::move(limit)) {}

        owner_ptr owner;
        std::string limit;
        time_point asked_at{}; ///< Since when it waits for its turn, rate limits apart.
        bool retry = false;    ///< It failed before.

        // Set by `admit`.
        bool for_limit = false; ///< It waits for a rate limit.
        std::uint64_t state = 0;
    };

    /// Whether the call may be sent now; with `go` it counts as sent, and one of the next three functions must follow.
    /// Throws the error of an outage in which it has waited for `retry_for`.
    allowance::verdict admit(other_call& call, time_point now);
    void call_responded(
        const other_call& call, const rate_limits& limits, std::chrono::sys_seconds wall, time_point now);
    void call_failed(const other_call& call, const error& why, time_point now);
    void call_dropped(const other_call& call);

    session_stats::lookup_counts counts() const;

    /// Replaces the state with that of `other`, which has no question yet; the counts stay. Allocates no memory.
    void restart(lookup_batcher&& other) noexcept;

    /// The events since the last call.
    std::vector<session_event> take_events() { return std::exchange(events_, {}); }

private:
    bool has_free_request() const { return in_flight_.size() + calls_in_flight_ < rules_.max_requests; }
    allowance* end_call(const other_call& call);
    static queue_ptr queue_of(const owner_ptr& owner, const coauth::user_ref& user);
    app_allowance& app_limits(const token_owner& owner, const lookup_queue& queue);

    bool changes_delay(lookup_queue& queue, const lookup_call& call, time_point now) const;
    static bool is_retry(const lookup_queue& queue, const waiting_list& part);
    time_point ready_at(const lookup_queue& queue, const waiting_list& part, time_point now) const;
    std::pair<waiting_list*, time_point> next_part(lookup_queue& queue, time_point now) const;
    void enqueue(const queue_ptr& queue);
    void delay_until(const queue_ptr& queue, time_point until, time_point now, bool for_limit);
    void end_due_delays(time_point now);
    void end_delay(const queue_ptr& queue, time_point now);
    void hold(const queue_ptr& queue);
    void release_held();
    batch_ptr form_batch(const queue_ptr& queue, waiting_list& part, time_point now);
    void complete(lookup_queue& queue, question& pending, const lookup_ptr& result, call_list& done);
    void fail(lookup_queue& queue, std::list<question>& questions, const error& why, call_list& done);
    void refuse_long_wait(lookup_queue& queue, std::chrono::milliseconds wait, call_list& done);
    bool cache_result(const token_owner& owner, const question& pending, const lookup_ptr& result, time_point now);
    void note_response(const batch_ptr& request, time_point now);
    void note_failure(const batch_ptr& request, const error& why, time_point now);
    std::chrono::milliseconds backoff(int failures, const error& why) const;
    void fail_lone(batch& request, time_point now, call_list& done);
    void end_calls(batch& request, const std::optional<error>& why, call_list& done);
    void put_back(const batch_ptr& request, bool failed, time_point now);
    void reschedule(const queue_ptr& queue, time_point now);
    void reschedule_all(time_point now);
    session_event* add_event(session_event_kind kind, const token_owner& owner);

    // The end of calls that wait for a provider that fails.
    bool is_failing(const lookup_queue& queue) const;
    void schedule_give_up(time_point at);
    std::set<queue_ptr> open_queues() const;
    time_point give_up_at(const lookup_queue& queue, const lookup_call& call) const;
    void give_up(time_point now, call_list& done);
    void give_up(const queue_ptr& queue, const std::shared_ptr<lookup_call>& call, time_point now);
    allowance::verdict in_outage(const other_call& call, allowance::verdict may, time_point now) const;
    error no_response(time_point now) const;
    error no_success(const lookup_queue& queue, time_point now) const;

    batcher_rules rules_;
    lookup_cache cache_;
    outage outage_;
    app_allowance app_by_id_;
    app_allowance app_by_name_;

    // A queue with questions waiting is in exactly one of these.
    std::deque<queue_ptr> ready_;
    std::multimap<time_point, queue_ptr> delayed_;
    std::vector<queue_ptr> held_;

    std::set<batch_ptr> in_flight_;
    std::size_t calls_in_flight_ = 0;
    std::uint64_t state_ = 0;                ///< Changes with `restart`: calls admitted before count no longer.
    std::optional<time_point> next_give_up_; ///< No call gives up before.
    std::size_t waiting_ = 0;
    bool closed_ = false;
    session_stats::lookup_counts counts_;
    std::vector<session_event> events_;
};

} // namespace coauth::sessions
