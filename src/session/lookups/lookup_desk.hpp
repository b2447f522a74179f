// Which question is answered, joined or sent, and when. Pure: no lock, no clock, no coroutine.
#pragma once

#include "session/lookups/allowance.hpp"
#include "session/lookups/answer_cache.hpp"
#include "session/lookups/asker.hpp"
#include "session/lookups/outage.hpp"
#include "session/lookups/person.hpp"

#include <coauth/session/session_event.hpp>
#include <coauth/twitter/reply.hpp>

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
struct desk_rules {
    desk_rules() = default;

    std::size_t largest_lookup = 100; ///< Names in a request.
    bool one_limit = false;           ///< For ids and names.
    std::size_t max_requests = 8;
    std::size_t max_cached_answers = 10'000;
    std::chrono::milliseconds cache_for{300'000};
    std::chrono::milliseconds cache_missing_for{60'000};
    std::chrono::milliseconds gather_for{0};
    std::chrono::milliseconds retry_for{5'000};
    std::uint64_t price_per_profile_micros = 10'000;
    allowance_rules limits;
    std::function<double()> chance;
    bool watched = false; ///< Events are collected.
};

/// A request of up to `largest_lookup` names on the wire.
struct batch {
    using time_point = std::chrono::steady_clock::time_point;

    batch(person_ref who, lane_ref from, bool repeated, bool retry, time_point sent_at)
        : who(std::move(who)), from(std::move(from)), repeated(repeated), retry(retry), sent_at(sent_at)
    {}

    std::vector<twitter::user_ref> names() const;

    person_ref who;
    lane_ref from;
    const bool repeated; ///< Its names failed before.
    const bool retry;    ///< As `outage` has it.
    const time_point sent_at;
    std::list<question> questions;
};
using batch_ref = std::shared_ptr<batch>;

/// The questions of all people.
///
/// A question is answered from the cache, joins an equal one of the same person, or waits in the
/// person's lane. `next` hands out the lanes' turns: a batch is made only when it may be sent, so
/// that whatever has gathered until then shares it, and whoever leaves before costs nothing. A question
/// on the wire is never given up: its answer is paid for, and a newcomer may join it.
///
/// Questions whose request failed in a way that passes wait again, behind those that failed earlier, and
/// go in requests of half the size after each failure until one succeeds: so what is wrong with one name
/// is found to be that name's, and never keeps the others waiting. `outage` says how fast they go. What is
/// given up, after `retry_for` without a success, is an asker's call.
class lookup_desk {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using askers = std::vector<std::shared_ptr<asker>>;

    lookup_desk(desk_rules rules, time_point now);

    /// Asks for `from->who[place]`. If the answer is known it is in `from->answers` then; else
    /// `from->open` has grown by one.
    void ask(const person_ref& who, const std::shared_ptr<asker>& from, std::size_t place, time_point now);

    /// Takes an asker's open questions back.
    void leave(const person_ref& who, const std::shared_ptr<asker>& from);

    /// What to do now.
    struct step {
        enum class kind {
            send, ///< Send `what`; then ask for the next step at once.
            wait, ///< Nothing before `until`, unless something happens.
            idle, ///< Nothing, unless something happens.
        };

        step() = default;

        kind what = kind::idle;
        batch_ref request;
        time_point until{};
        askers done; ///< To be woken in any case.
    };
    step next(time_point now);

    /// A request was answered. Returns who has all answers now.
    askers answered(const batch_ref& request, const twitter::reply<twitter::lookups>& reply,
        std::chrono::sys_seconds wall, time_point now);

    /// A request failed: its questions wait again or fail, or, for an error of this program, the calls that asked
    /// fail. `token_revoked` fails all that the person asks.
    askers failed(const batch_ref& request, const error& why, time_point now);

    /// A request came to nothing for want of memory. Returns the calls that asked, which are `out_of_memory` now.
    askers dropped(const batch_ref& request);

    /// Forgets a person's answers, and fails what waits to be sent.
    askers sign_out(const person_ref& who, const error& why);

    /// Fails what waits to be sent, of all people.
    askers close(const error& why);

    /// Fails everything, what is on the wire too.
    askers abort(const error& why);

    session_stats::lookup_counts counts() const;

    /// Starts afresh as `other`, which knows no question yet; what was counted so far stays. Needs no memory.
    void restart(lookup_desk&& other) noexcept;

    /// What happened since it was last called.
    std::vector<session_event> take_events() { return std::exchange(events_, {}); }

private:
    static lane_ref lane_of(const person_ref& who, const twitter::user_ref& asked);
    app_allowance& app_limits(const person& who, const lane& which);

    bool is_news(lane& where, const asker& from, time_point now) const;
    static bool is_retry(const lane& owner, const waiting_list& part);
    time_point ready_at(const lane& owner, const waiting_list& part, time_point now) const;
    std::pair<waiting_list*, time_point> next_part(lane& owner, time_point now) const;
    void queue(const lane_ref& which);
    void sleep(const lane_ref& which, time_point until, time_point now, bool for_limit);
    void wake_sleepers(time_point now);
    void get_up(const lane_ref& which, time_point now);
    void hold(const lane_ref& target);
    void release_held();
    batch_ref form_batch(const lane_ref& which, waiting_list& part, time_point now);
    void settle(lane& where, question& which, const answer& what, askers& done);
    void fail(lane& where, std::list<question>& which, const error& why, askers& done);
    void turn_away(lane& where, std::chrono::milliseconds wait, askers& done);
    void keep(const person& who, const question& which, const answer& what, time_point now);
    void note_response(const batch_ref& request, time_point now);
    void note_failure(const batch_ref& request, const error& why, time_point now);
    std::chrono::milliseconds backoff(int failures, const error& why) const;
    void fail_lone(batch& request, time_point now, askers& done);
    void end_calls(batch& request, const std::optional<error>& why, askers& done);
    void put_back(const batch_ref& request, bool failed, time_point now);
    void rouse(const lane_ref& target, time_point now);
    void rouse_all(time_point now);
    session_event* note(session_event::kind what, const person& who);

    // Giving up.
    bool is_failing(const lane& target) const;
    void expect_giving_up(time_point at);
    std::set<lane_ref> open_lanes() const;
    time_point gives_up_at(const lane& target, const asker& caller) const;
    void give_up(time_point now, askers& done);
    void give_up(const lane_ref& target, const std::shared_ptr<asker>& caller, time_point now);
    error no_success(const lane& target, time_point now) const;

    desk_rules rules_;
    answer_cache cache_;
    outage outage_;
    app_allowance app_by_id_;
    app_allowance app_by_name_;

    // A lane with questions waiting is in exactly one of these.
    std::deque<lane_ref> turns_;
    std::multimap<time_point, lane_ref> asleep_;
    std::vector<lane_ref> held_;

    std::set<batch_ref> under_way_;
    std::optional<time_point> gives_up_; ///< No asker gives up before.
    std::size_t waiting_ = 0;
    bool closed_ = false;
    session_stats::lookup_counts counts_;
    std::vector<session_event> events_;
};

} // namespace coauth::sessions
