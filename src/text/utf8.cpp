#include <coauth/text/utf8.hpp>

#include <algorithm>

namespace coauth::text {

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

std::size_t character_size(std::string_view text) noexcept
{
    if (text.empty())
        return 0;
    const sequence first = first_sequence(text);
    return first.well_formed ? first.length : 0;
}

std::size_t count_characters(std::string_view text) noexcept
{
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept
{
    if (text.size() <= limit)
        return text;
    // Three octets continue a character at most; a longer run is none.
    const std::size_t last_begin = limit - std::min<std::size_t>(limit, 3);
    while (limit > last_begin && is_continuation(text[limit]))
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

std::string as_utf8(std::string_view text)
{
    if (is_utf8(text))
        return std::string(text);
    std::string out;
    while (!text.empty())
        out += take_character(text);
    return out;
}

void append_character(char32_t code, std::string& out)
{
    const auto add_continuation = [&](unsigned shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        add_continuation(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        add_continuation(6);
        add_continuation(0);
    } else {
        out += static_cast<char>(0xf0 | (code >> 18 & 7));
        add_continuation(12);
        add_continuation(6);
        add_continuation(0);
    }
}

} // namespace coauth::text
