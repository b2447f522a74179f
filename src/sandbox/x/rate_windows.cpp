#include "sandbox/x/rate_windows.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace coauth::sandbox {

namespace {

constexpr std::chrono::hours day{24};
constexpr std::size_t many_windows = 100'000;

} // namespace

rate_windows::count& rate_windows::current(
    const route& r, kind scope, std::string_view owner, std::chrono::seconds length, std::chrono::sys_seconds now)
{
    auto& c = counts_[key(&r, scope, owner)];
    // The clock may have been set back, too: then the window would never end.
    if (c.calls == 0 || now - c.begin >= c.length || now < c.begin) {
        c.begin = now;
        c.length = length;
        c.calls = 0;
    }
    return c;
}

rate_verdict rate_windows::take(const route& r, const route_limit& limit, std::string_view consumer_key,
    std::string_view user, std::chrono::sys_seconds now)
{
    forget_old(now);
    const bool by_user = !user.empty();
    const std::string user_of_app = std::string(consumer_key) + '\n' + std::string(user);
    rate_verdict verdict;

    struct bucket {
        kind scope;
        std::string_view owner;
        std::int64_t limit;
        std::chrono::seconds length;
        std::optional<rate_bucket>* reported;
    };
    const std::array buckets = {
        bucket{by_user ? kind::user : kind::app, by_user ? std::string_view(user_of_app) : consumer_key,
            by_user ? limit.per_user : limit.per_app, window_ * r.windows, &verdict.window},
        bucket{kind::user_day, user_of_app, by_user ? limit.per_user_day : 0, day, &verdict.user_day},
        bucket{kind::app_day, consumer_key, limit.per_app_day, day, &verdict.app_day},
    };

    for (const auto& b : buckets)
        if (b.limit > 0 && current(r, b.scope, b.owner, b.length, now).calls >= b.limit)
            verdict.allowed = false;
    for (const auto& b : buckets) {
        if (b.limit <= 0)
            continue;
        auto& c = current(r, b.scope, b.owner, b.length, now);
        c.calls += verdict.allowed;
        rate_bucket reported;
        reported.limit = b.limit;
        reported.remaining = std::max<std::int64_t>(0, b.limit - c.calls);
        reported.reset = c.begin + c.length;
        *b.reported = reported;
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
