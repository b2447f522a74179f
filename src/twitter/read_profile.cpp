#include "twitter/read_profile.hpp"

#include "twitter/json_answer.hpp"
#include "twitter/json_members.hpp"
#include "twitter/names.hpp"
#include "twitter/v2_answer.hpp"

#include <coauth/error.hpp>

#include <algorithm>

namespace coauth::twitter {

namespace {

namespace json = boost::json;

bool is_url_character(char c) noexcept
{
    return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\';
}

// Pictures and links end up in pages. One that is no plain web address is left out rather than
// passed on, and is no reason to refuse the whole person.
std::optional<std::string> web_address(std::optional<std::string> url)
{
    if (url && (url->starts_with("https://") || url->starts_with("http://")) &&
        std::all_of(url->begin(), url->end(), is_url_character))
        return url;
    return std::nullopt;
}

// The provider's picture hosts serve both schemes, so an http address is made an https one.
std::optional<std::string> picture_of(std::optional<std::string> url)
{
    auto picture = web_address(std::move(url));
    if (picture && picture->starts_with("http://"))
        picture->replace(0, 4, "https");
    return picture;
}

// `url` itself is the provider's short link; the address the person typed is among the entities.
std::optional<std::string> link_of(const json::object& user)
{
    if (const json::object* entities = find_object(user, "entities"))
        if (const json::object* url = find_object(*entities, "url"))
            if (const json::array* urls = find_array(*url, "urls"); urls && !urls->empty())
                if (auto expanded = web_address(find_text(as_object(urls->front(), "urls"), "expanded_url")))
                    return expanded;
    return web_address(find_text(user, "url"));
}

void read_v1_1(const json::object& user, profile& p)
{
    p.picture = picture_of(find_text(user, "profile_image_url_https"));
    p.email = find_line(user, "email");
    p.followers_count = find_count(user, "followers_count");
    p.following_count = find_count(user, "friends_count");
    p.tweet_count = find_count(user, "statuses_count");
}

void read_v2(const json::object& user, profile& p)
{
    p.picture = picture_of(find_text(user, "profile_image_url"));
    p.email = find_line(user, "confirmed_email");
    if (const json::object* metrics = find_object(user, "public_metrics")) {
        p.followers_count = find_count(*metrics, "followers_count");
        p.following_count = find_count(*metrics, "following_count");
        // X is renaming tweets to posts.
        p.tweet_count = find_count(*metrics, "tweet_count");
        if (!p.tweet_count)
            p.tweet_count = find_count(*metrics, "post_count");
    }
}

} // namespace

profile profile_of(api_version api, const json::object& user)
{
    const bool v2 = api == api_version::v2;
    profile p;
    p.id = own_id(user);

    auto username = find_line(user, v2 ? "username" : "screen_name");
    if (!username || !is_username(*username))
        throw error(errc::malformed_response, "the answer's user name is missing or none");
    p.username = *std::move(username);

    if (!user.contains("name"))
        throw error(errc::malformed_response, "the answer's `name` is missing");
    p.name = find_line(user, "name").value_or(p.username);

    p.description = find_text(user, "description");
    p.location = find_text(user, "location");
    p.url = link_of(user);
    p.is_protected = find_bool(user, "protected");
    p.verified = find_bool(user, "verified");
    p.created_at = find_time(api, user, "created_at");
    v2 ? read_v2(user, p) : read_v1_1(user, p);
    return p;
}

profile read_profile(api_version api, std::string_view body)
{
    const json_answer answer = read_json(body);
    if (api == api_version::v1_1)
        return profile_of(api, as_object(answer.root(), "user"));
    const v2_answer parts(answer.root());
    return profile_of(api, as_object(parts.data(), "data"));
}

bool is_about(const profile& answer, const user_ref& asked) noexcept
{
    return asked.is_id() ? answer.id == asked.text() : equal_without_case(answer.username, asked.text());
}

} // namespace coauth::twitter
