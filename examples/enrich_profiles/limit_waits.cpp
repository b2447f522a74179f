#include "enrich_profiles/limit_waits.hpp"

#include <algorithm>

namespace enrich {

void limit_waits::begin(time_point now, time_point until) noexcept
{
    if (now > until_) {
        before_ += until_ - begun_;
        begun_ = now;
        until_ = now;
    }
    until_ = std::max(until_, until);
}

void limit_waits::end(time_point now) noexcept
{
    until_ = std::max(begun_, std::min(until_, now));
}

std::chrono::milliseconds limit_waits::waited(time_point now) const noexcept
{
    const auto last = std::max(begun_, std::min(until_, now)) - begun_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(before_ + last);
}

} // namespace enrich
