#include "api/rate_limits.hpp"

#include <coauth/http/date.hpp>

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>

namespace coauth::api {

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

} // namespace

std::optional<rate_window> read_rate_window(const http::fields& headers, std::string_view prefix)
{
    std::string_view limit, remaining, reset; // of several of one name the first
    for (const auto& [name, value] : headers) {
        if (name.size() <= prefix.size() || name[prefix.size() - 1] != prefix.back() ||
            !http::same_field_name(name.substr(0, prefix.size()), prefix))
            continue;
        const std::string_view rest = name.substr(prefix.size());
        if (limit.empty() && http::same_field_name(rest, "limit"))
            limit = value;
        else if (remaining.empty() && http::same_field_name(rest, "remaining"))
            remaining = value;
        else if (reset.empty() && http::same_field_name(rest, "reset"))
            reset = value;
    }
    if (limit.empty() && remaining.empty() && reset.empty())
        return std::nullopt;
    rate_window window;
    window.limit = whole_number(limit);
    window.remaining = whole_number(remaining);
    window.reset = read_time(reset);
    return window;
}

rate_limits read_common_limits(const http::fields& headers, std::chrono::sys_seconds now)
{
    rate_limits limits;
    limits.window = read_rate_window(headers, "x-ratelimit-");
    limits.at = http::read_date(headers.get("date"), now);
    return limits;
}

bool is_used_up(const std::optional<rate_window>& window)
{
    return window && window->remaining.value_or(1) <= 0;
}

} // namespace coauth::api
