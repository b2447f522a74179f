// What tokens, secrets, callbacks and methods may hold.
#pragma once

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <string_view>

namespace coauth::oauth1 {

inline bool has_control_character(std::string_view text) noexcept
{
    unsigned char found = 0; // without a branch: many octets at once
    for (const char c : text)
        found |=
            static_cast<unsigned char>(static_cast<unsigned char>(c) < 0x20) | static_cast<unsigned char>(c == 0x7f);
    return found != 0;
}

/// Printable ASCII without the space: can be sent unchanged.
inline bool is_graphic(std::string_view text) noexcept
{
    unsigned char others = 0; // as above
    for (const char c : text)
        others |= static_cast<unsigned char>(c - '!') > '~' - '!';
    return others == 0;
}

/// RFC 9110, section 9.1: a method is a token.
inline bool is_method(std::string_view text) noexcept
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                [&](char c) { return text::is_letter_or_digit(c) || others.find(c) != others.npos; });
}

} // namespace coauth::oauth1
