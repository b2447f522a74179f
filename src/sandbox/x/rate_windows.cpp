#include "sandbox/x/rate_windows.hpp"

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

constexpr std::chrono::hours day{24};
constexpr std::size_t many_windows = 100'000;

} // namespace

rate_windows::count& rate_windows::current(
    const route& where, kind what, std::string_view who, std::chrono::seconds length, std::chrono::sys_seconds now)
{
    auto& c = counts_[key(&where, what, who)];
    // The clock may have been set back, too: then the window would never end.
    if (c.calls == 0 || now - c.begin >= c.length || now < c.begin) {
        c.begin = now;
        c.length = length;
        c.calls = 0;
    }
    return c;
}

rate_verdict rate_windows::take(const route& where, const route_limit& limit, std::string_view consumer_key,
    std::string_view token, std::chrono::sys_seconds now)
{
    forget_old(now);
    const bool by_person = !token.empty();
    rate_verdict verdict;

    struct bucket {
        kind what;
        std::string_view who;
        std::int64_t limit;
        std::chrono::seconds length;
        std::optional<rate_bucket>* told;
    };
    const std::array buckets = {
        bucket{by_person ? kind::user : kind::app, by_person ? token : consumer_key,
            by_person ? limit.per_user : limit.per_app, window_ * where.windows, &verdict.window},
        bucket{kind::user_day, token, by_person ? limit.per_user_day : 0, day, &verdict.user_day},
        bucket{kind::app_day, consumer_key, limit.per_app_day, day, &verdict.app_day},
    };

    for (const auto& b : buckets)
        if (b.limit > 0 && current(where, b.what, b.who, b.length, now).calls >= b.limit)
            verdict.allowed = false;
    for (const auto& b : buckets) {
        if (b.limit <= 0)
            continue;
        auto& c = current(where, b.what, b.who, b.length, now);
        c.calls += verdict.allowed;
        rate_bucket told;
        told.limit = b.limit;
        told.remaining = std::max<std::int64_t>(0, b.limit - c.calls);
        told.reset = c.begin + c.length;
        *b.told = told;
    }
    return verdict;
}

void rate_windows::forget_old(std::chrono::sys_seconds now)
{
    if (counts_.size() < many_windows)
        return;
    std::erase_if(counts_, [&](const auto& entry) { return now - entry.second.begin >= entry.second.length; });
}

} // namespace coauth::sandbox
