// Percent-encoding by table.
#pragma once

#include "text/hex.hpp"

#include <coauth/text/ascii.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace coauth::text {

/// What one octet becomes.
struct encoded_octet {
    char text[7];
    unsigned char size;
};

using encoding_table = std::array<encoded_octet, 256>;

/// `escape`: what stands for the `%` of an escaped octet.
constexpr encoding_table make_encoding_table(std::string_view escape) noexcept
{
    encoding_table table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        encoded_octet& entry = table[i];
        const auto add = [&entry](char c) { entry.text[entry.size++] = c; };
        const char c = static_cast<char>(i);
        if (is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            add(c);
            continue;
        }
        for (const char e : escape)
            add(e);
        add(upper_hex_digits[i >> 4]);
        add(upper_hex_digits[i & 15]);
    }
    return table;
}

inline constexpr encoding_table encoded_once = make_encoding_table("%");

/// RFC 3986, section 2.3: what percent-encoding leaves.
constexpr bool is_unreserved(char c) noexcept
{
    return encoded_once[static_cast<unsigned char>(c)].size == 1;
}

/// Encoded, and what that gives encoded again.
inline constexpr encoding_table encoded_twice = make_encoding_table("%25");

/// The octets that encoding `size` octets twice needs at most at its destination, with those behind the last that `encode`
/// overwrites.
constexpr std::size_t room_for_encoded(std::size_t size) noexcept
{
    return 5 * size + sizeof(encoded_octet);
}

/// Writes one octet, encoded, and overwrites some behind it: a fixed size is copied at once. Gives the end.
inline char* encode(const encoding_table& table, char c, char* out) noexcept
{
    const encoded_octet& entry = table[static_cast<unsigned char>(c)];
    std::memcpy(out, &entry, sizeof entry);
    return out + entry.size;
}

inline char* encode(const encoding_table& table, std::string_view text, char* out) noexcept
{
    for (const char c : text)
        out = encode(table, c, out);
    return out;
}

/// What the `%XX` at the beginning of `text` stands for; -1 if there is none.
constexpr int escaped_octet(std::string_view text) noexcept
{
    if (text.size() < 3 || text[0] != '%')
        return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

} // namespace coauth::text
