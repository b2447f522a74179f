#include "login_load/tally.hpp"

#include <algorithm>
#include <cstdint>

namespace login_load {

namespace {

std::int64_t milliseconds(clock::duration d)
{
    return std::chrono::round<std::chrono::milliseconds>(d).count();
}

} // namespace

void spread::write(boost::json::object& into, const std::string& name) const
{
    auto sorted = all_;
    std::sort(sorted.begin(), sorted.end());
    const auto put = [&](const char* suffix, std::size_t percent) {
        auto& value = into[name + suffix];
        if (!sorted.empty())
            value = milliseconds(sorted[(sorted.size() * percent + 99) / 100 - 1]);
    };
    put("_p50_ms", 50);
    put("_p99_ms", 99);
    put("_max_ms", 100);
}

boost::json::object status_count::json() const
{
    boost::json::object all;
    for (const auto& [status, times] : counts_)
        all[std::to_string(status)] = times;
    return all;
}

boost::json::object tally::json() const
{
    boost::json::object all;
    all["granted"] = granted;
    all["refused"] = refused.json();
    all["wrong"] = wrong;
    all["gave_up"] = gave_up;
    all["turned_away"] = turned_away;
    all["lost"] = lost;
    all["late"] = late;
    all["odd"] = odd;
    all["retried"] = retried;
    login.write(all, "login");
    button.write(all, "button");
    callback.write(all, "callback");
    profile.write(all, "profile");
    refusal.write(all, "refusal");
    if (!first_failure.empty())
        all["first_failure"] = first_failure;
    return all;
}

} // namespace login_load
