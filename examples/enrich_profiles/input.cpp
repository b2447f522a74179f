#include "enrich_profiles/input.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>
#include <coauth/twitter/user_names.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace enrich {

namespace {

using coauth::user_ref;

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

coauth::result<user_ref> user_of(const input& given, naming by)
{
    if (!given.fault.empty())
        return refused(given, given.fault);

    std::string_view text = trimmed(given.text);
    if (by == naming::ids || (by == naming::digits_are_ids && !text.empty() && coauth::text::all_digits(text))) {
        auto user = user_ref::id(std::string(text));
        if (coauth::twitter::can_be_asked_for(user))
            return user;
        const auto why = refused(given, "not an id: an id has 1 to 19 digits and does not begin with 0");
        return by == naming::ids ? why : why.with_hint("an @ before it, or --by name, makes a name of it");
    }
    if (text.starts_with('@'))
        text.remove_prefix(1);
    auto user = user_ref::username(std::string(text));
    if (coauth::twitter::can_be_asked_for(user))
        return user;
    return refused(given, "not a user name: a name has 1 to 15 of A-Z, a-z, 0-9 and _");
}

bool is_blank(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trimmed(std::string_view text) noexcept
{
    return coauth::text::trimmed(text, " \t\n\v\f\r");
}

std::string as_utf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = coauth::text::character_size(text.substr(at));
        if (length == 0)
            out += coauth::text::replacement_character;
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
