#include "twitter/user_builder.hpp"

#include "api/clean_text.hpp"
#include "api/json_members.hpp"
#include "twitter/dates.hpp"
#include "twitter/members.hpp"
#include "twitter/names.hpp"

#include <coauth/error.hpp>
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

bool is_url_character(char c) noexcept
{
    return url_characters[static_cast<unsigned char>(c)];
}

// Pictures and links end up in pages. One that is not a plain web address is left out rather than
// passed on or repaired into another address.
bool is_web_address(std::string_view url) noexcept
{
    return (url.starts_with("https://") || url.starts_with("http://")) &&
           std::all_of(url.begin(), url.end(), is_url_character);
}

std::optional<std::string> text_unless_empty(std::string text)
{
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

// The provider's picture hosts serve both schemes, so an http address is made an https one.
std::optional<std::string> picture_of(std::string_view url)
{
    constexpr std::string_view plain = "http:";
    if (!is_web_address(url))
        return std::nullopt;
    std::optional<std::string> picture(url);
    if (url.starts_with(plain))
        picture->replace(0, plain.size(), "https:");
    return picture;
}

// Repaired, it could be another user's address.
std::optional<std::string> email_of(std::string_view given)
{
    const bool is_whole =
        !given.empty() && api::clean_line(given) == given && given.find(text::replacement_character) == given.npos;
    return is_whole ? std::optional<std::string>(given) : std::nullopt;
}

std::optional<std::int64_t> count_of(std::int64_t number)
{
    return number >= 0 ? std::optional(number) : std::nullopt;
}

} // namespace

void listed_user::require_id() const
{
    if (!is_object)
        throw error(errc::malformed_response, "the response lists a user that is not an object");
    if (!id_fault.empty())
        api::refuse_member(id_member, id_fault);
}

void user_builder::begin(listed_user& user)
{
    user_ = &user;
    user.profile.provider = "x";
    id_.clear();
    id_number_ = 0;
    short_url_.clear();
    posts_.reset();
}

void user_builder::text(field member, std::string_view value)
{
    profile& p = user_->profile;
    switch (member) {
    case field::id:
        if (is_id_in_range(value))
            id_ = value;
        break;
    case field::id_str:
        if (is_id_in_range(value))
            p.id = value;
        break;
    case field::username:
        p.username = api::clean_line(value);
        user_->has_exact_username = is_account_name(value);
        break;
    case field::name:
        p.name = api::clean_line(value);
        break;
    case field::description:
        p.description = text_unless_empty(api::clean_lines(value));
        break;
    case field::location:
        p.location = text_unless_empty(api::clean_line(value));
        break;
    case field::short_url:
        short_url_ = value;
        break;
    case field::long_url:
        if (is_web_address(value))
            p.url = value;
        break;
    case field::picture:
        p.picture = picture_of(value);
        break;
    case field::email:
        p.email = email_of(value);
        break;
    case field::created_at:
        p.created_at = api_ == api_version::v2 ? read_v2_date(value) : read_v1_1_date(value);
        break;
    default:
        break;
    }
}

void user_builder::integer(field member, std::int64_t value)
{
    profile& p = user_->profile;
    switch (member) {
    case field::id:
        id_number_ = std::max<std::int64_t>(value, 0);
        break;
    case field::id_str:
        if (value > 0)
            p.id = std::to_string(value);
        break;
    case field::followers:
        p.followers_count = count_of(value);
        break;
    case field::following:
        p.following_count = count_of(value);
        break;
    case field::tweets:
        p.tweet_count = count_of(value);
        break;
    case field::posts:
        posts_ = count_of(value);
        break;
    default:
        break;
    }
}

void user_builder::flag(field member, bool value)
{
    if (member == field::is_protected)
        user_->profile.is_protected = value;
    else if (member == field::verified)
        user_->profile.verified = value;
}

void user_builder::end(field_set given, field_set repeated)
{
    profile& p = user_->profile;
    if (repeated.has_any(user_fields))
        remove(repeated);
    end_id(given, repeated);
    if (p.name.empty())
        p.name = p.username.empty() ? p.id : p.username;
    // The short link is the provider's own; the long one is the address that the user typed.
    if (!p.url && is_web_address(short_url_))
        p.url = short_url_;
    if (!p.tweet_count)
        p.tweet_count = posts_;
    if (p.email)
        p.email_verified = true; // X gives no other
}

void user_builder::end_id(field_set given, field_set repeated)
{
    // `id` is not looked at beside `id_str`: JavaScript made a double of it somewhere on the way.
    const bool has_text = given.has(field::id_str);
    std::string& id = user_->profile.id;
    if (!has_text)
        id = id_number_ != 0 ? std::to_string(id_number_) : id_;
    user_->id_member = has_text ? "id_str" : "id";
    if (repeated.has(field::id_str) || repeated.has(field::id)) {
        user_->id_member = repeated.has(field::id_str) ? "id_str" : "id";
        user_->id_fault = "named more than once";
    } else if (id.empty()) {
        user_->id_fault = has_text || given.has(field::id) ? "not an id" : "missing";
    }
}

void user_builder::remove(field_set repeated)
{
    const auto clear = [repeated](field member, auto& value) {
        if (repeated.has(member))
            value = {};
    };
    profile& p = user_->profile;
    clear(field::username, p.username);
    clear(field::username, user_->has_exact_username);
    clear(field::name, p.name);
    clear(field::description, p.description);
    clear(field::location, p.location);
    clear(field::short_url, short_url_);
    for (const field part_of_link : {field::entities, field::entities_url, field::links, field::long_url})
        clear(part_of_link, p.url);
    clear(field::picture, p.picture);
    clear(field::email, p.email);
    clear(field::is_protected, p.is_protected);
    clear(field::verified, p.verified);
    clear(field::created_at, p.created_at);
    for (const auto& [member, count] :
        {std::pair(field::followers, &p.followers_count), std::pair(field::following, &p.following_count),
            std::pair(field::tweets, &p.tweet_count), std::pair(field::posts, &posts_)}) {
        clear(member, *count);
        clear(field::metrics, *count);
    }
}

} // namespace coauth::twitter
