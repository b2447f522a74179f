#include "api/clean_text.hpp"

#include <coauth/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace coauth::api {

namespace {

constexpr std::uint64_t in_each_octet(std::uint64_t octet) noexcept
{
    return octet * 0x0101010101010101;
}

// Not 0 if an octet of `octets` may be other than a printable character of ASCII.
constexpr std::uint64_t odd_octets(std::uint64_t octets) noexcept
{
    const std::uint64_t below_space = octets - in_each_octet(0x20);
    const std::uint64_t delete_or_above = octets + in_each_octet(0x01);
    return (octets | below_space | delete_or_above) & in_each_octet(0x80);
}

// How many printable characters of ASCII `text` begins with.
std::size_t plain_length(std::string_view text) noexcept
{
    std::size_t length = 0;
    std::uint64_t octets = 0;
    for (; length + sizeof octets <= text.size(); length += sizeof octets) {
        std::memcpy(&octets, text.data() + length, sizeof octets);
        if (odd_octets(octets) != 0)
            break;
    }
    while (length < text.size() && text[length] >= 0x20 && text[length] < 0x7f)
        ++length;
    return length;
}

// C0, DEL and C1: some terminals obey the latter as they obey an escape sequence.
bool is_control(std::string_view character) noexcept
{
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 2)
        return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    return first < 0x20 || first == 0x7f;
}

std::string cleaned(std::string_view text, bool keep_lines)
{
    std::size_t plain = plain_length(text);
    if (plain == text.size())
        return std::string(text);
    std::string out;
    out.reserve(text.size());
    out.assign(text, 0, plain);
    while (plain != text.size()) {
        text.remove_prefix(plain);
        const std::string_view character = text::take_character(text);
        if (!is_control(character) || (keep_lines && (character == "\n" || character == "\r")))
            out += character;
        else if (keep_lines && character == "\t")
            out += ' ';
        plain = plain_length(text);
        out.append(text, 0, plain);
    }
    return out;
}

} // namespace

std::string clean_line(std::string_view text)
{
    return cleaned(text, false);
}

std::string clean_lines(std::string_view text)
{
    return cleaned(text, true);
}

} // namespace coauth::api
