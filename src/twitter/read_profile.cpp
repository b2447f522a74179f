#include "twitter/read_profile.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"
#include "twitter/members.hpp"
#include "twitter/names.hpp"
#include "twitter/v2_response.hpp"

#include <coauth/error.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>

namespace coauth::twitter {

using namespace api;

namespace {

namespace json = boost::json;

bool is_url_character(char c) noexcept
{
    return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\';
}

// Pictures and links end up in pages. One that is not a plain web address is left out rather than
// passed on or repaired into another address.
std::optional<std::string> find_web_address(const json::object& object, std::string_view name)
{
    const auto url = find_raw_text(object, name);
    if (url && (url->starts_with("https://") || url->starts_with("http://")) &&
        std::all_of(url->begin(), url->end(), is_url_character))
        return std::string(*url);
    return std::nullopt;
}

// The provider's picture hosts serve both schemes, so an http address is made an https one.
std::optional<std::string> find_picture(const json::object& user, std::string_view name)
{
    auto picture = find_web_address(user, name);
    if (picture && picture->starts_with("http://"))
        picture->replace(0, 4, "https");
    return picture;
}

// `url` itself is the provider's short link; the address the user typed is among the entities.
std::optional<std::string> link_of(const json::object& user)
{
    const json::object* entities = find_object(user, "entities");
    const json::object* url = entities ? find_object(*entities, "url") : nullptr;
    const json::array* urls = url ? find_array(*url, "urls") : nullptr;
    const json::object* first = urls && !urls->empty() ? urls->front().if_object() : nullptr;
    if (first)
        if (auto expanded = find_web_address(*first, "expanded_url"))
            return expanded;
    return find_web_address(user, "url");
}

// Repaired, it could be another user's address.
std::optional<std::string> find_email(const json::object& user, std::string_view name)
{
    auto email = find_line(user, name);
    const bool is_repaired =
        email != find_raw_text(user, name) || (email && email->find(text::replacement_character) != email->npos);
    return is_repaired ? std::nullopt : std::move(email);
}

std::string_view username_member(api_version api)
{
    return api == api_version::v2 ? "username" : "screen_name";
}

void read_v1_1(const json::object& user, profile& p)
{
    p.picture = find_picture(user, "profile_image_url_https");
    p.email = find_email(user, "email");
    p.followers_count = find_count(user, "followers_count");
    p.following_count = find_count(user, "friends_count");
    p.tweet_count = find_count(user, "statuses_count");
}

void read_v2(const json::object& user, profile& p)
{
    p.picture = find_picture(user, "profile_image_url");
    p.email = find_email(user, "confirmed_email");
    if (const json::object* metrics = find_object(user, "public_metrics")) {
        p.followers_count = find_count(*metrics, "followers_count");
        p.following_count = find_count(*metrics, "following_count");
        // X is renaming tweets to posts.
        p.tweet_count = find_count(*metrics, "tweet_count");
        if (!p.tweet_count)
            p.tweet_count = find_count(*metrics, "post_count");
    }
}

// The user object in the body of a response about one user, as `read` reads it.
template <class Read>
profile read_user(std::string_view body, api_version api, Read read)
{
    const text::json_body parsed = text::read_json(body);
    if (api == api_version::v1_1)
        return read(as_object(parsed.root(), "user"));
    const v2_response parts(parsed.root());
    return read(as_object(parts.data(), "data"));
}

} // namespace

profile profile_of(api_version api, const json::object& user)
{
    profile p;
    p.provider = "x";
    p.id = own_id(user);
    p.username = find_line(user, username_member(api)).value_or(std::string());
    p.name = find_line(user, "name").value_or(p.username.empty() ? p.id : p.username);
    p.description = find_text(user, "description");
    p.location = find_line(user, "location");
    p.url = link_of(user);
    p.is_protected = find_bool(user, "protected");
    p.verified = find_bool(user, "verified");
    p.created_at = find_time(api, user, "created_at");
    api == api_version::v2 ? read_v2(user, p) : read_v1_1(user, p);
    if (p.email)
        p.email_verified = true; // X gives no other
    return p;
}

std::optional<std::string_view> exact_username(api_version api, const json::object& user)
{
    const auto name = find_raw_text(user, username_member(api));
    return name && is_account_name(*name) ? name : std::nullopt;
}

profile read_profile(api_version api, std::string_view body)
{
    return read_user(body, api, [api](const json::object& user) { return profile_of(api, user); });
}

profile read_profile(api_version api, std::string_view body, const user_ref& requested)
{
    return read_user(body, api, [&](const json::object& user) {
        profile p = profile_of(api, user);
        const bool same = requested.is_id()
                              ? p.id == requested.text()
                              : text::equal_ignoring_case(exact_username(api, user).value_or(""), requested.text());
        if (!same)
            throw error(errc::malformed_response, "the response is about another user than the one asked for");
        return p;
    });
}

} // namespace coauth::twitter
