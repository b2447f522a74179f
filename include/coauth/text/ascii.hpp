// ASCII: classes of characters, case, and white space around a text. No locale changes what these give.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::text {

/// The characters that `trimmed` takes off by default.
inline constexpr std::string_view white_space = " \t\r\n";

/// What HTTP allows around the parts of a field value (RFC 9110, section 5.6.3).
inline constexpr std::string_view blanks = " \t";

constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// `c` itself if it is not a letter of ASCII in upper case.
constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `c` itself if it is not a letter of ASCII in lower case.
constexpr char upper(char c) noexcept
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool is_letter(char c) noexcept
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

constexpr bool is_letter_or_digit(char c) noexcept
{
    return is_letter(c) || is_digit(c);
}

constexpr bool is_hex_digit(char c) noexcept
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// True for an empty text, too.
constexpr bool all_digits(std::string_view text) noexcept
{
    for (const char c : text)
        if (!is_digit(c))
            return false;
    return true;
}

/// True for an empty text, too.
constexpr bool all_letters_or_digits(std::string_view text) noexcept
{
    unsigned char others = 0; // without a branch: many octets at once
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool letter = static_cast<unsigned char>((octet | 0x20) - 'a') <= 'z' - 'a';
        const bool digit = static_cast<unsigned char>(octet - '0') <= 9;
        others |= static_cast<unsigned char>(!letter & !digit);
    }
    return others == 0;
}

inline std::string lowered(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        c = lower(c);
    return out;
}

inline std::string uppered(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        c = upper(c);
    return out;
}

/// True if the two differ at most in the case of letters of ASCII.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

/// `text` without any of `characters` at its beginning and its end. A view into `text`.
constexpr std::string_view trimmed(std::string_view text, std::string_view characters = white_space) noexcept
{
    const std::size_t begin = text.find_first_not_of(characters);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

} // namespace coauth::text
