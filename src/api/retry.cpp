#include "api/retry.hpp"

#include "coro/retry_wait.hpp"

#include <algorithm>

namespace coauth::api {

using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds notable_skew(60);

// `Date` has whole seconds, so a difference of one may be none.
constexpr std::chrono::seconds finest_skew(2);

bool concerns_clock(const attempts& so_far, const error& refused)
{
    return so_far.may_mean_clock && (refused.reason() == errc::clock_skew || so_far.may_mean_clock(refused, so_far.at));
}

next_step for_clock(const attempts& so_far, const error& refused, std::optional<std::chrono::seconds> difference)
{
    using kind = next_step::kind;
    if (!difference || so_far.corrected)
        return next_step(kind::fail);

    const std::chrono::seconds wrong_by = std::chrono::abs(*difference - so_far.signed_ahead);
    const bool said_so = refused.reason() == errc::clock_skew;
    if (wrong_by < (said_so ? finest_skew : notable_skew + std::chrono::seconds(1)))
        return next_step(kind::fail);
    if (std::chrono::abs(*difference) > widest_skew)
        return next_step(kind::fail_for_clock);
    next_step next(kind::correct_clock);
    next.ahead = *difference;
    return next;
}

next_step while_unavailable(const attempts& so_far, const error& refused, milliseconds budget, double chance)
{
    milliseconds wait = retry_wait(so_far.sent, chance);
    if (refused.retry_after())
        wait = std::max<milliseconds>(wait, *refused.retry_after());
    if (so_far.elapsed + wait >= budget)
        return next_step(next_step::kind::fail);
    next_step next(next_step::kind::wait);
    next.wait = wait;
    return next;
}

} // namespace

next_step decide(const attempts& so_far, const error& refused, std::optional<std::chrono::seconds> difference,
    milliseconds budget, double chance)
{
    if (concerns_clock(so_far, refused))
        return for_clock(so_far, refused, difference);
    if (refused.reason() == errc::provider_unavailable && so_far.repeatable)
        return while_unavailable(so_far, refused, budget, chance);
    return next_step(next_step::kind::fail);
}

} // namespace coauth::api
