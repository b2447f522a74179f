// Reads texts that are a whole number and nothing else.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace coauth::sandbox {

/// All of `text` as a decimal number that fits; nothing for anything else.
template <class Number>
std::optional<Number> parse_decimal(std::string_view text)
{
    Number value{};
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    return value;
}

} // namespace coauth::sandbox
