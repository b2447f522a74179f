// How `lookup_batcher` governs calls that are no lookups.
#include "session/lookups/lookup_batcher.hpp"

#include <algorithm>

namespace coauth::sessions {

allowance::verdict lookup_batcher::admit(other_call& call, time_point now)
{
    using verdict = allowance::verdict;
    call.for_limit = false;
    if (!has_free_request())
        return in_outage(call, verdict(verdict::kind::hold), now);
    const time_point ready = outage_.ready_at(call.retry, now);
    if (ready == time_point::max())
        return in_outage(call, verdict(verdict::kind::hold), now);
    if (ready > now)
        return in_outage(call, verdict(ready), now);
    const allowance_rules rules = call.owner->rules(rules_.reset_jitter);
    allowance& limits = call.owner->call_limits.try_emplace(call.limit, allowance(rules)).first->second;
    const verdict may = limits.admit(now);
    call.for_limit = may.action == verdict::kind::wait;
    if (may.action != verdict::kind::go)
        return may;
    outage_.sent(call.retry, now);
    limits.sent();
    ++calls_in_flight_;
    call.state = state_;
    return may;
}

// While the provider does not respond, a call waits no longer than `retry_for`.
allowance::verdict lookup_batcher::in_outage(const other_call& call, allowance::verdict may, time_point now) const
{
    if (!outage_.since())
        return may;
    const time_point give_up = std::max(*outage_.since(), call.asked_at) + rules_.retry_for;
    if (give_up <= now)
        throw no_response(now);
    const bool until_known = may.action == allowance::verdict::kind::wait;
    return allowance::verdict(until_known ? std::min(may.until, give_up) : give_up);
}

// The limits of a call that was admitted by this state; null if the state was replaced since.
allowance* lookup_batcher::end_call(const other_call& call)
{
    if (call.state != state_)
        return nullptr;
    --calls_in_flight_;
    return &call.owner->call_limits.at(call.limit);
}

void lookup_batcher::call_responded(
    const other_call& call, const rate_limits& limits, std::chrono::sys_seconds wall, time_point now)
{
    allowance* const known = end_call(call);
    if (!known)
        return;
    known->responded(limits, wall, now, rules_.chance());
    if (outage_.succeeded(call.retry, now))
        reschedule_all(now);
    release_held();
}

void lookup_batcher::call_failed(const other_call& call, const error& why, time_point now)
{
    allowance* const known = end_call(call);
    if (!known)
        return;
    if (why.reason() == errc::rate_limited)
        known->refused(why.retry_after(), now, rules_.chance());
    else
        known->lost();
    if (is_transient(why) && why.reason() != errc::rate_limited)
        outage_.failed(call.retry, why, now);
    else if (why.http_status() && outage_.succeeded(call.retry, now))
        reschedule_all(now);
    else if (!why.http_status())
        outage_.ended(call.retry);
    release_held();
}

void lookup_batcher::call_dropped(const other_call& call)
{
    allowance* const known = end_call(call);
    if (!known)
        return;
    known->lost();
    outage_.ended(call.retry);
    release_held();
}

} // namespace coauth::sessions
