// Ids of tweets, by age.
#pragma once

#include <string_view>

namespace greeter_bot {

/// Ids are decimal numbers without a zero in front, and grow with time; an empty one is below all others.
inline bool is_older(std::string_view a, std::string_view b) noexcept
{
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

} // namespace greeter_bot
