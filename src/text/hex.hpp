// Hexadecimal digits (RFC 4648, section 8).
#pragma once

#include <coauth/text/ascii.hpp>

#include <string>
#include <string_view>

namespace coauth::text {

inline constexpr std::string_view lower_hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

/// What the digit stands for, in either case; -1 if `c` is none.
constexpr int hex_value(char c) noexcept
{
    if (is_digit(c))
        return c - '0';
    return is_hex_digit(c) ? lower(c) - 'a' + 10 : -1;
}

/// Appends the two digits of `octet` to `out`.
inline void append_hex(unsigned char octet, std::string& out, std::string_view digits = lower_hex_digits)
{
    out += digits[octet >> 4];
    out += digits[octet & 15];
}

/// Two digits for each octet.
inline std::string hex_encode(std::string_view octets, std::string_view digits = lower_hex_digits)
{
    std::string out;
    out.reserve(2 * octets.size());
    for (const char c : octets)
        append_hex(static_cast<unsigned char>(c), out, digits);
    return out;
}

} // namespace coauth::text
