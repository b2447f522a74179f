#include "session/allowance.hpp"

#include <algorithm>

namespace coauth::sessions {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr seconds grace(60);
constexpr seconds day = std::chrono::hours(24);

milliseconds part_of(milliseconds most, double chance)
{
    return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(most.count()) * chance));
}

} // namespace

milliseconds allowance::jitter(double chance) const
{
    return part_of(rules_.jitter, chance);
}

// For a provider that refuses and does not say until when.
seconds allowance::penalty() const
{
    constexpr int most_doublings = 4;
    return grace * (1 << std::min(refusals_, most_doublings));
}

allowance::verdict allowance::admit(time_point now) const
{
    using kind = verdict::kind;
    if (shut_until_ && now < *shut_until_)
        return verdict(*shut_until_);

    // After a refusal, and while nothing is known, one goes ahead alone.
    bool probing = shut_until_.has_value() || (!unlimited_ && !ordinary_ && !day_);
    std::optional<time_point> spent;
    bool full = false;
    for (const auto* known : {&ordinary_, &day_}) {
        if (!*known)
            continue;
        const bucket& b = **known;
        if (now >= b.reset)
            probing = true;
        else if (b.remaining <= 0)
            spent = std::max(spent.value_or(b.reset), b.reset);
        else if (b.remaining <= under_way_)
            full = true;
    }
    if (spent)
        return verdict(*spent);
    if (full || (probing && under_way_ > 0))
        return verdict(kind::hold);
    return verdict(kind::go);
}

void allowance::learn(std::optional<bucket>& known, const std::optional<twitter::rate_window>& told, seconds longest,
    sys_seconds at, time_point now, double chance)
{
    if (!told) {
        if (known && now >= known->reset)
            known.reset();
        return;
    }
    const bool same = known && known->told_reset == told->reset;
    const bool turned = known && now >= known->reset;
    if (same && !turned) {
        // Answers may overtake each other: what was spent once stays spent.
        known->remaining = std::min(known->remaining, told->remaining);
        return;
    }
    if (known && !turned && told->reset < known->told_reset)
        return; // of the window before

    bucket b;
    b.remaining = told->remaining;
    b.told_reset = told->reset;
    const seconds ahead = told->reset - at;
    const seconds until = ahead.count() > 0 ? std::min(ahead, longest + grace) : penalty();
    b.reset = now + until + jitter(chance);
    known = b;
}

void allowance::answered(const twitter::rate_limits& limits, sys_seconds wall, time_point now, double chance)
{
    --under_way_;
    refusals_ = 0;
    shut_until_.reset();
    unlimited_ = !limits.window && !limits.user_day;
    tells_day_ = tells_day_ || limits.user_day || limits.app_day;
    const sys_seconds at = limits.at.value_or(wall);
    learn(ordinary_, limits.window, rules_.window, at, now, chance);
    learn(day_, limits.user_day, day, at, now, chance);
}

void allowance::refused(std::optional<seconds> retry_after, time_point now, double chance)
{
    --under_way_;
    const seconds longest = (tells_day_ ? std::max(day, rules_.window) : rules_.window) + grace;
    const seconds wait = retry_after ? std::clamp(*retry_after, seconds(1), longest) : std::min(penalty(), longest);
    ++refusals_;
    const time_point until = now + wait + jitter(chance);
    shut_until_ = std::max(shut_until_.value_or(until), until);
    // What was thought to be left was not.
    ordinary_.reset();
    day_.reset();
    unlimited_ = false;
}

allowance::verdict app_allowance::admit(time_point now) const
{
    using kind = allowance::verdict::kind;
    if (!reset_ || now >= *reset_)
        return allowance::verdict(kind::go);
    if (remaining_ <= 0)
        return allowance::verdict(*reset_);
    return allowance::verdict(remaining_ > under_way_ ? kind::go : kind::hold);
}

void app_allowance::answered(const twitter::rate_limits& limits, sys_seconds wall, time_point now, double chance)
{
    --under_way_;
    if (!limits.app_day)
        return;
    const bool known = reset_ && now < *reset_;
    remaining_ = known ? std::min(remaining_, limits.app_day->remaining) : limits.app_day->remaining;
    if (known)
        return;
    const seconds ahead = limits.app_day->reset - limits.at.value_or(wall);
    reset_ = now + (ahead.count() > 0 ? std::min(ahead, day + grace) : grace) + part_of(rules_.jitter, chance);
}

} // namespace coauth::sessions
