#include "twitter/rate_limits.hpp"

#include <coauth/http/date.hpp>
#include <coauth/identity/reply.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <string_view>

namespace coauth::twitter {

namespace {

// What is too large counts as the largest there is.
std::optional<std::int64_t> whole_number(std::string_view text)
{
    using limits = std::numeric_limits<std::int64_t>;
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc::invalid_argument || end != text.data() + text.size())
        return std::nullopt;
    if (problem == std::errc::result_out_of_range)
        return text.front() == '-' ? limits::min() : limits::max();
    return value;
}

std::optional<std::chrono::sys_seconds> read_time(std::string_view text)
{
    // The year 9999: anything later is not a time, and would overflow finer clocks.
    constexpr std::int64_t last_second = 253'402'300'799;

    const auto value = whole_number(text);
    if (!value || *value < 0 || *value > last_second)
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(*value));
}

std::optional<rate_window> read_window(const http::fields& headers, const std::string& prefix)
{
    const std::string_view limit = headers.get(prefix + "limit");
    const std::string_view remaining = headers.get(prefix + "remaining");
    const std::string_view reset = headers.get(prefix + "reset");
    if (limit.empty() && remaining.empty() && reset.empty())
        return std::nullopt;
    rate_window window;
    window.limit = whole_number(limit);
    window.remaining = whole_number(remaining);
    window.reset = read_time(reset);
    return window;
}

} // namespace

rate_limits read_rate_limits(const http::fields& headers, std::chrono::sys_seconds now)
{
    rate_limits limits;
    limits.window = read_window(headers, "x-rate-limit-");
    limits.app_day = read_window(headers, "x-app-limit-24hour-");
    limits.user_day = read_window(headers, "x-user-limit-24hour-");
    limits.at = http::read_date(headers.get("date"), now);
    return limits;
}

} // namespace coauth::twitter
