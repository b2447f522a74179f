#include "twitter/dates.hpp"

#include <coauth/twitter/reply.hpp>

#include <charconv>
#include <string>
#include <string_view>

namespace coauth::twitter {

namespace {

std::optional<std::int64_t> number(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

std::optional<rate_window> read_window(const http::fields& headers, const std::string& prefix)
{
    // The year 9999: anything later is no time, and would overflow finer clocks.
    constexpr std::int64_t last_second = 253'402'300'799;

    const auto limit = number(headers.get(prefix + "limit"));
    const auto remaining = number(headers.get(prefix + "remaining"));
    const auto reset = number(headers.get(prefix + "reset"));
    if (!limit || !remaining || !reset || *reset > last_second)
        return std::nullopt;
    rate_window window;
    window.limit = *limit;
    window.remaining = *remaining;
    window.reset = std::chrono::sys_seconds(std::chrono::seconds(*reset));
    return window;
}

} // namespace

rate_limits read_rate_limits(const http::fields& headers)
{
    rate_limits limits;
    limits.window = read_window(headers, "x-rate-limit-");
    limits.app_day = read_window(headers, "x-app-limit-24hour-");
    limits.user_day = read_window(headers, "x-user-limit-24hour-");
    limits.at = read_http_date(headers.get("date"));
    return limits;
}

} // namespace coauth::twitter
