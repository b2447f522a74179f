#include "site/login_log.hpp"

#include <cstdio>
#include <utility>

namespace coauth::site {

namespace {

constexpr std::chrono::minutes interval(1);

// "2026-11-28T13:00:00Z"
std::string iso8601(std::chrono::sys_seconds time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text;
}

} // namespace

std::string text_of(const login_line& line)
{
    std::string text = iso8601(line.time) + " login outcome=" + line.outcome;
    if (!line.cause.empty())
        text += " cause=" + line.cause;
    text += " provider=" + line.provider + " user=" + (line.user_id.empty() ? "-" : line.user_id);
    return text + " address=" + line.address;
}

void login_log::write(const std::string& line) const noexcept
{
    try {
        if (write_)
            write_(line);
    } catch (...) {}
}

void login_log::write_repeated(repeated kind, const std::string& line, time_point now) const noexcept
{
    try {
        std::uint64_t left_out = 0;
        {
            const std::lock_guard lock(mutex_);
            state& before = states_[static_cast<int>(kind)];
            if (before.last && now - *before.last < interval) {
                ++before.left_out;
                return;
            }
            before.last = now;
            left_out = std::exchange(before.left_out, 0);
        }
        write(left_out == 0 ? line : line + " (and " + std::to_string(left_out) + " more like it)");
    } catch (...) {}
}

} // namespace coauth::site
