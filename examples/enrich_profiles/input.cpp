#include "enrich_profiles/input.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace enrich {

namespace {

using coauth::twitter::user_ref;

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

// "line 7: ", "lines 7 to 9: "
std::string place_text(const input& given)
{
    if (given.line == 0)
        return {};
    if (given.last_line <= given.line)
        return "line " + std::to_string(given.line) + ": ";
    return "lines " + std::to_string(given.line) + " to " + std::to_string(given.last_line) + ": ";
}

coauth::error refused(const input& given, std::string_view why)
{
    return coauth::error(coauth::errc::invalid_argument, place_text(given) + std::string(why));
}

} // namespace

coauth::result<user_ref> person(const input& given, naming by)
{
    if (!given.fault.empty())
        return refused(given, given.fault);

    std::string_view text = trimmed(given.text);
    if (by == naming::ids || (by == naming::digits_are_ids && all_digits(text))) {
        auto user = user_ref::id(std::string(text));
        if (user.valid())
            return user;
        const auto why = refused(given, "not an id: an id has 1 to 19 digits and does not begin with 0");
        return by == naming::ids ? why : why.with_hint("an @ before it, or --by name, makes a name of it");
    }
    if (text.starts_with('@'))
        text.remove_prefix(1);
    auto user = user_ref::username(std::string(text));
    if (user.valid())
        return user;
    return refused(given, "not a user name: a name has 1 to 15 of A-Z, a-z, 0-9 and _");
}

bool is_blank(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trimmed(std::string_view text) noexcept
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
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

std::string quoted_text(std::string_view text)
{
    return boost::json::serialize(boost::json::string(as_utf8(text.substr(0, 100))));
}

} // namespace enrich
