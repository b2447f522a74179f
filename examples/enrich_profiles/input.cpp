#include "enrich_profiles/input.hpp"

#include <algorithm>

namespace enrich {

namespace {

using coauth::twitter::user_ref;

bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

bool all_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned octet(std::string_view text, std::size_t at)
{
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

// The length of the character at `at`, or 0 if it is malformed.
std::size_t character(std::string_view text, std::size_t at)
{
    const unsigned first = octet(text, at);
    if (first < 0x80)
        return 1;
    const std::size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                               : (first & 0xf0) == 0xe0         ? 3
                               : first >= 0xf0 && first <= 0xf4 ? 4
                                                                : 0;
    // The second octet rules out overlong forms, surrogates and what is above U+10FFFF.
    const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (length == 0 || octet(text, at + 1) < low || octet(text, at + 1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((octet(text, at + i) & 0xc0) != 0x80)
            return 0;
    return length;
}

coauth::error refused(const char* why, const char* hint)
{
    const coauth::error e(coauth::errc::invalid_argument, why);
    return hint ? e.with_hint(hint) : e;
}

} // namespace

coauth::result<user_ref> person(const input& given, naming by)
{
    if (!given.fault.empty())
        return coauth::error(coauth::errc::invalid_argument, std::string(given.fault));

    std::string_view text = trimmed(given.text);
    if (by == naming::ids || (by == naming::digits_are_ids && all_digits(text))) {
        auto who = user_ref::id(std::string(text));
        if (who.valid())
            return who;
        return refused("this is no id: an id has 1 to 19 digits and begins with none of 0",
            by == naming::ids ? nullptr : "an @ before it, or --by name, makes a name of it");
    }
    if (text.starts_with('@'))
        text.remove_prefix(1);
    auto who = user_ref::username(std::string(text));
    if (who.valid())
        return who;
    return refused("this is no user name: a name has 1 to 15 of A-Z, a-z, 0-9 and _", nullptr);
}

std::string as_utf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character(text, at);
        if (length == 0)
            out += "\xef\xbf\xbd";
        else
            out += text.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

} // namespace enrich
