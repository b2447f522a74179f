// Which durations can be added to a clock without an overflow.
#pragma once

#include <chrono>

namespace coauth::http {

/// More than 0, at most 30 days.
constexpr bool is_usable_duration(std::chrono::milliseconds d) noexcept
{
    return d.count() > 0 && d <= std::chrono::hours(24 * 30);
}

} // namespace coauth::http
