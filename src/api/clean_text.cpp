#include "api/clean_text.hpp"

#include <coauth/text/utf8.hpp>

#include <algorithm>

namespace coauth::api {

namespace {

bool is_plain(char c) noexcept
{
    return c >= 0x20 && c < 0x7f;
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
    if (std::all_of(text.begin(), text.end(), is_plain))
        return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view character = text::take_character(text);
        if (!is_control(character) || (keep_lines && (character == "\n" || character == "\r")))
            out += character;
        else if (keep_lines && character == "\t")
            out += ' ';
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
