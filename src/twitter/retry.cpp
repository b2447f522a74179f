#include "twitter/retry.hpp"

#include "coro/retry_wait.hpp"

#include <algorithm>

namespace coauth::twitter {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds notable_skew(60);

// `Date` has whole seconds, so a difference of one may be none.
constexpr seconds finest_skew(2);

// What X may say of a timestamp as well as of the keys. A leg's refusal without a code is about the
// login, such as a mistyped PIN.
bool may_mean_clock(const attempts& so_far, const error& refused)
{
    constexpr int could_not_authenticate = 32;
    if (refused.provider_code())
        return refused.provider_code() == could_not_authenticate;
    return so_far.at == step::call && refused.http_status() == 401;
}

next_step for_clock(const attempts& so_far, const error& refused, std::optional<seconds> difference)
{
    using kind = next_step::kind;
    if (!difference || so_far.mended)
        return next_step(kind::fail);

    const seconds wrong_by = std::chrono::abs(*difference - so_far.signed_ahead);
    const bool said_so = refused.reason() == errc::clock_skew;
    if (wrong_by < (said_so ? finest_skew : notable_skew + seconds(1)))
        return next_step(kind::fail);
    if (std::chrono::abs(*difference) > widest_skew)
        return next_step(kind::fail_for_clock);
    next_step next(kind::mend);
    next.ahead = *difference;
    return next;
}

next_step for_trouble(const attempts& so_far, const error& refused, milliseconds budget, double chance)
{
    milliseconds wait = retry_wait(so_far.sent, chance);
    if (refused.retry_after())
        wait = std::max<milliseconds>(wait, *refused.retry_after());
    if (so_far.spent + wait >= budget)
        return next_step(next_step::kind::fail);
    next_step next(next_step::kind::wait);
    next.wait = wait;
    return next;
}

} // namespace

next_step decide(
    const attempts& so_far, const error& refused, std::optional<seconds> difference, milliseconds budget, double chance)
{
    switch (refused.reason()) {
    case errc::clock_skew:
        return for_clock(so_far, refused, difference);
    case errc::invalid_credentials:
        if (may_mean_clock(so_far, refused))
            return for_clock(so_far, refused, difference);
        break;
    case errc::provider_unavailable:
        if (so_far.repeatable)
            return for_trouble(so_far, refused, budget, chance);
        break;
    default:
        break;
    }
    return next_step(next_step::kind::fail);
}

} // namespace coauth::twitter
