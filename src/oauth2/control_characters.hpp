// What neither a token, nor a key, nor a callback may hold.
#pragma once

#include <algorithm>
#include <string_view>

namespace coauth::oauth2 {

inline bool has_control_character(std::string_view text) noexcept
{
    return std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Printable ASCII without the space: fits a header and a URL unchanged.
inline bool is_graphic(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace coauth::oauth2
