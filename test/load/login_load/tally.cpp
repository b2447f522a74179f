#include "login_crowd/tally.hpp"

#include <algorithm>
#include <cstdint>

namespace login_crowd {

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
    const auto put = [&](const char* which, std::size_t percent) {
        auto& value = into[name + which];
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
    all["told"] = told.json();
    all["wrong"] = wrong;
    all["gave_up"] = gave_up;
    all["turned_away"] = turned_away;
    all["lost"] = lost;
    all["late"] = late;
    all["odd"] = odd;
    all["again"] = again;
    login.write(all, "login");
    button.write(all, "button");
    callback.write(all, "callback");
    profile.write(all, "profile");
    telling.write(all, "telling");
    if (!first_grief.empty())
        all["first_grief"] = first_grief;
    return all;
}

} // namespace login_crowd
