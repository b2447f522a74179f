#include "login_server/card.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>
#include <coauth/twitter/picture.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace login_server {

namespace {

using coauth::errc;
using coauth::error;

bool is_web_address(std::string_view text, bool https_only)
{
    const auto url = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
    if (!url || url->has_userinfo() || url->encoded_host().empty())
        return false;
    return url->scheme_id() == boost::urls::scheme::https ||
           (!https_only && url->scheme_id() == boost::urls::scheme::http);
}

bool has_control_character(std::string_view text, bool may_have_lines)
{
    return std::any_of(text.begin(), text.end(), [may_have_lines](char c) {
        const bool ends_line = c == '\n' || c == '\r';
        return (static_cast<unsigned char>(c) < 0x20 && !(ends_line && may_have_lines)) || c == 0x7f;
    });
}

} // namespace

void fill_in(card& theirs, const coauth::profile& profile)
{
    const auto fill = [](std::string& field, const std::string& text) {
        if (field.empty())
            field = text;
    };
    fill(theirs.name, profile.name);
    fill(theirs.username, profile.username);
    fill(theirs.picture, coauth::twitter::picture_url(profile, coauth::twitter::picture_size::bigger).value_or(""));
    fill(theirs.description, profile.description.value_or(""));
    fill(theirs.link, profile.url.value_or(""));
}

coauth::result<card> read_card(std::string_view body)
{
    const auto form = coauth::oauth1::parse_form(body);
    if (!form)
        return error(errc::invalid_argument, "the form can't be read");
    card out;
    for (const auto& each : fields) {
        if (coauth::oauth1::count(*form, each.name) != 1)
            return error(
                errc::invalid_argument, "the form lacks the field " + std::string(each.name) + " or has it twice");
        out.*each.text = coauth::text::trimmed(*coauth::oauth1::find(*form, each.name));
        if (!coauth::text::is_utf8(out.*each.text))
            return error(errc::invalid_argument, "the field " + std::string(each.name) + " is not UTF-8 text");
    }
    return out;
}

std::vector<problem> problems_of(const card& typed)
{
    std::vector<problem> found;
    for (const auto& each : fields) {
        const std::string& text = typed.*each.text;
        if (!coauth::text::is_utf8(text) || coauth::text::count_characters(text) > each.longest)
            found.emplace_back(each.name, "At most " + std::to_string(each.longest) + " characters, please.");
        else if (has_control_character(text, each.has_lines))
            found.emplace_back(each.name, "There is a character in it that can't be shown.");
    }
    if (!typed.picture.empty() && !is_web_address(typed.picture, true))
        found.emplace_back("picture", "This must be a web address that begins with https://");
    if (!typed.link.empty() && !is_web_address(typed.link, false))
        found.emplace_back("link", "This must be a web address that begins with https:// or http://");
    return found;
}

} // namespace login_server
