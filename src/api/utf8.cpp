#include "api/utf8.hpp"

namespace coauth::api {

namespace {

bool is_continuation(char c) noexcept
{
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// How long the character is that `lead` begins; 0 if none begins so.
std::size_t length_after(unsigned char lead) noexcept
{
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

// The second octet rules out overlong forms, surrogates and what is above U+10FFFF.
bool is_second(unsigned char lead, char second) noexcept
{
    const auto octet = static_cast<unsigned char>(second);
    const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return octet >= low && octet <= high;
}

struct sequence {
    std::size_t length; ///< At least 1.
    bool well_formed;
};

// The character that `text` begins with, or as much of it as is there.
sequence first_sequence(std::string_view text) noexcept
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t whole = length_after(lead);
    std::size_t length = 1;
    while (length < whole && length < text.size() &&
           (length == 1 ? is_second(lead, text[1]) : is_continuation(text[length])))
        ++length;
    return {length, length == whole};
}

} // namespace

bool is_utf8(std::string_view text) noexcept
{
    while (!text.empty()) {
        const sequence first = first_sequence(text);
        if (!first.well_formed)
            return false;
        text.remove_prefix(first.length);
    }
    return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept
{
    if (text.size() <= limit)
        return text;
    while (limit > 0 && is_continuation(text[limit]))
        --limit;
    return text.substr(0, limit);
}

std::string_view without_byte_order_mark(std::string_view text) noexcept
{
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

std::string_view take_character(std::string_view& text) noexcept
{
    const sequence first = first_sequence(text);
    const std::string_view character = text.substr(0, first.length);
    text.remove_prefix(first.length);
    return first.well_formed ? character : replacement_character;
}

} // namespace coauth::api
