#include "session/lookups/allowance.hpp"

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

// The wait after a refusal that names no time. `earlier`: how often it did so in a row before.
seconds penalty(int earlier, seconds longest)
{
    constexpr int most_doublings = 11; // over a day
    return std::min(longest, grace * (1 << std::min(earlier, most_doublings)));
}

// What a response is judged by.
struct moment {
    moment(sys_seconds at, allowance::time_point now, milliseconds jitter, int earlier)
        : at(at), now(now), jitter(jitter), earlier(earlier)
    {}

    sys_seconds at; // by the provider's clock
    allowance::time_point now;
    milliseconds jitter;
    int earlier;
};

bool is_closed(const std::optional<known_window>& known, allowance::time_point now)
{
    return known && known->remaining <= 0 && now < known->reset;
}

// True if it closes the window without a time of the provider's: then the penalty applies.
bool learn(std::optional<known_window>& known, const std::optional<coauth::rate_window>& stated, seconds longest,
    const moment& when)
{
    const bool open = known && when.now < known->reset;
    if (!stated || !stated->remaining) {
        if (!open)
            known.reset();
        return false;
    }
    const std::int64_t remaining = *stated->remaining;
    const seconds ahead = stated->reset ? *stated->reset - when.at : seconds(0);
    const bool names_time = ahead.count() > 0;
    if (open) {
        const bool closes_anew = remaining <= 0 && known->remaining > 0 && !known->stated_reset;
        if (names_time ? known->stated_reset == stated->reset : !closes_anew) {
            // Responses may overtake each other: what was used up once stays so.
            known->remaining = std::min(known->remaining, remaining);
            return false;
        }
        if (names_time && known->stated_reset && *stated->reset < *known->stated_reset)
            return false; // of the window before
        if (names_time && !known->stated_reset && known->remaining <= 0 && remaining > 0)
            return false; // it is closed for the penalty
    }
    const bool guessed = remaining <= 0 && !names_time;
    const seconds until = names_time ? std::min(ahead, longest) : guessed ? penalty(when.earlier, longest) : grace;
    known.emplace();
    known->remaining = remaining;
    if (names_time)
        known->stated_reset = stated->reset;
    known->reset = when.now + std::min<milliseconds>(until + when.jitter, longest);
    return guessed;
}

} // namespace

allowance::verdict allowance::admit(time_point now) const
{
    using kind = verdict::kind;
    if (refused_until_ && now < *refused_until_)
        return verdict(*refused_until_);

    // After a refusal, and while nothing is known, one goes ahead alone.
    bool probing = refused_until_.has_value() || (!unlimited_ && !ordinary_ && !day_);
    std::optional<time_point> exhausted;
    bool full = false;
    for (const auto* known : {&ordinary_, &day_}) {
        if (!*known)
            continue;
        const known_window& b = **known;
        if (now >= b.reset)
            probing = true;
        else if (b.remaining <= 0)
            exhausted = std::max(exhausted.value_or(b.reset), b.reset);
        else if (b.remaining <= in_flight_)
            full = true;
    }
    if (exhausted)
        return verdict(*exhausted);
    if (full || (probing && in_flight_ > 0))
        return verdict(kind::hold);
    return verdict(kind::go);
}

void allowance::responded(const coauth::rate_limits& limits, sys_seconds wall, time_point now, double chance)
{
    --in_flight_;
    unlimited_ = !limits.window && !limits.user_day;
    has_day_ = has_day_ || limits.user_day || limits.app_day;
    const moment when(limits.at.value_or(wall), now, part_of(rules_.jitter, chance), refusals_);
    const bool guessed = learn(ordinary_, limits.window, rules_.window + grace, when);
    const bool guessed_day = learn(day_, limits.user_day, day + grace, when);
    if (guessed || guessed_day)
        ++refusals_;
    if (refused_until_ && now < *refused_until_)
        return; // it was sent before the refusal
    refused_until_.reset();
    if (!is_closed(ordinary_, now) && !is_closed(day_, now))
        refusals_ = 0;
}

void allowance::refused(std::optional<seconds> retry_after, time_point now, double chance)
{
    --in_flight_;
    const seconds longest = (has_day_ ? std::max(day, rules_.window) : rules_.window) + grace;
    const bool names_time = retry_after && retry_after->count() > 0;
    const bool repeated = refused_until_ && now < *refused_until_; // of several that were refused at once
    seconds wait(0);
    if (names_time)
        wait = std::min(*retry_after, longest);
    if (!repeated && !names_time)
        wait = penalty(refusals_, longest);
    else if (!repeated && refusals_ > 0)
        wait = std::max(wait, penalty(refusals_ - 1, longest));
    refusals_ += !repeated;
    const time_point until = now + std::min<milliseconds>(wait + part_of(rules_.jitter, chance), longest);
    refused_until_ = std::max(refused_until_.value_or(until), until);
    // The counts known so far were wrong.
    ordinary_.reset();
    day_.reset();
    unlimited_ = false;
}

allowance::verdict app_allowance::admit(time_point now) const
{
    using kind = allowance::verdict::kind;
    if (!day_ || now >= day_->reset)
        return allowance::verdict(kind::go);
    if (day_->remaining <= 0)
        return allowance::verdict(day_->reset);
    return allowance::verdict(day_->remaining > in_flight_ ? kind::go : kind::hold);
}

void app_allowance::responded(const coauth::rate_limits& limits, sys_seconds wall, time_point now, double chance)
{
    --in_flight_;
    const moment when(limits.at.value_or(wall), now, part_of(rules_.jitter, chance), closings_);
    if (learn(day_, limits.app_day, day + grace, when))
        ++closings_;
    else if (!is_closed(day_, now))
        closings_ = 0;
}

} // namespace coauth::sessions
