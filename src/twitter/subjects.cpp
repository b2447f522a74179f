#include "twitter/subjects.hpp"

#include "api/clean_text.hpp"
#include "api/json_members.hpp"
#include "twitter/dates.hpp"
#include "twitter/names.hpp"

#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace coauth::twitter {

namespace {

constexpr std::array<bool, 256> url_characters = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = '!'; c < 0x7f; ++c)
        table[c] = c != '"' && c != '<' && c != '>' && c != '\\';
    return table;
}();

// Pictures and links end up in pages. One that is not a plain web address is left out rather than
// passed on or repaired into another address.
bool is_web_address(std::string_view url) noexcept
{
    return (url.starts_with("https://") || url.starts_with("http://")) &&
           std::all_of(url.begin(), url.end(), [](char c) { return url_characters[static_cast<unsigned char>(c)]; });
}

// The provider's picture hosts serve both schemes, so an http address is made an https one.
std::optional<std::string> picture_of(std::string_view url)
{
    constexpr std::string_view plain = "http:";
    if (!is_web_address(url))
        return std::nullopt;
    return url.starts_with(plain) ? "https:" + std::string(url.substr(plain.size())) : std::string(url);
}

// The short link is the provider's own; the long one is the address that the user typed. Empty: neither is of use.
std::string_view link_of(std::string_view long_url, std::string_view short_url)
{
    if (is_web_address(long_url))
        return long_url;
    return is_web_address(short_url) ? short_url : std::string_view();
}

// Repaired, it could be another user's address.
std::optional<std::string> email_of(std::string_view given)
{
    const bool is_whole =
        !given.empty() && api::clean_line(given) == given && given.find(text::replacement_character) == given.npos;
    return is_whole ? std::optional<std::string>(given) : std::nullopt;
}

} // namespace

listed_user::listed_user(api_version api, const values& given)
{
    own_id own = own_id_of(given[field::id_str], given[field::id]);
    id_member = own.member;
    id_fault = own.fault;
    has_exact_username = is_account_name(given[field::username].text);

    profile.provider = "x";
    profile.id = std::move(own.id);
    profile.username = api::clean_line(given[field::username].text);
    profile.name = api::clean_line(given[field::name].text);
    if (profile.name.empty())
        profile.name = profile.username.empty() ? profile.id : profile.username;
    profile.picture = picture_of(given[field::picture].text);
    if (std::string text = api::clean_lines(given[field::description].text); !text.empty())
        profile.description = std::move(text);
    if (std::string text = api::clean_line(given[field::location].text); !text.empty())
        profile.location = std::move(text);
    if (const auto url = link_of(given[field::long_url].text, given[field::short_url].text); !url.empty())
        profile.url.emplace(url);
    profile.email = email_of(given[field::email].text);
    if (profile.email)
        profile.email_verified = true; // X gives no other
    profile.is_protected = given[field::is_protected].flag();
    profile.verified = given[field::verified].flag();
    profile.followers_count = given[field::followers].count();
    profile.following_count = given[field::following].count();
    profile.tweet_count = given[field::tweet_count].count();
    if (!profile.tweet_count)
        profile.tweet_count = given[field::post_count].count();
    profile.created_at = read_date(api, given[field::created_at].text);
}

void listed_user::require_id() const
{
    if (!id_fault.empty())
        api::refuse_member(id_member, id_fault);
}

tweet tweet_of(api_version api, const values& given, std::string id)
{
    tweet t;
    t.id = std::move(id);
    t.text = api::clean_lines(given[field::full_text].text);
    if (t.text.empty()) // a picture alone has none
        t.text = api::clean_lines(given[field::text].text);
    t.created_at = read_date(api, given[field::created_at].text);
    t.reply_to = given[field::reply_to_str].id();
    if (!t.reply_to)
        t.reply_to = given[field::reply_to].id();
    if (api == api_version::v2) {
        t.author_id = given[field::posted_by].id();
        return t;
    }
    if (own_id author = own_id_of(given[field::author_id_str], given[field::author_id]); author.fault.empty())
        t.author_id = std::move(author.id);
    t.author_username = author_name_of(given);
    return t;
}

std::optional<std::string> author_name_of(const values& given)
{
    const std::string_view name = given[field::author_name].text;
    return is_account_name(name) ? std::optional<std::string>(name) : std::nullopt;
}

} // namespace coauth::twitter
