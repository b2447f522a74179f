#include "twitter/user_members.hpp"

#include <algorithm>

namespace coauth::twitter {

namespace {

template <std::size_t Count>
constexpr std::array<member, Count> sorted(std::array<member, Count> members)
{
    std::sort(members.begin(), members.end(), member_table::comes_before);
    return members;
}

constexpr auto v1_1_members = sorted(std::to_array<member>({
    {place::response, "users", field::data},
    {place::response, "next_cursor_str", field::next_page},
    {place::user, "id", field::id},
    {place::user, "id_str", field::id_str},
    {place::user, "screen_name", field::username},
    {place::user, "name", field::name},
    {place::user, "description", field::description},
    {place::user, "location", field::location},
    {place::user, "url", field::short_url},
    {place::user, "entities", field::entities, place::entities},
    {place::entities, "url", field::entities_url, place::entities_url},
    {place::entities_url, "urls", field::links, place::links},
    {place::link, "expanded_url", field::long_url},
    {place::user, "profile_image_url_https", field::picture},
    {place::user, "email", field::email},
    {place::user, "protected", field::is_protected},
    {place::user, "verified", field::verified},
    {place::user, "created_at", field::created_at},
    {place::user, "followers_count", field::followers},
    {place::user, "friends_count", field::following},
    {place::user, "statuses_count", field::tweets},
}));

constexpr auto v2_members = sorted(std::to_array<member>({
    {place::response, "data", field::data},
    {place::response, "errors", field::errors, place::problems},
    {place::response, "meta", field::meta, place::meta},
    {place::meta, "next_token", field::next_page},
    {place::user, "id", field::id},
    {place::user, "id_str", field::id_str},
    {place::user, "username", field::username},
    {place::user, "name", field::name},
    {place::user, "description", field::description},
    {place::user, "location", field::location},
    {place::user, "url", field::short_url},
    {place::user, "entities", field::entities, place::entities},
    {place::entities, "url", field::entities_url, place::entities_url},
    {place::entities_url, "urls", field::links, place::links},
    {place::link, "expanded_url", field::long_url},
    {place::user, "profile_image_url", field::picture},
    {place::user, "confirmed_email", field::email},
    {place::user, "protected", field::is_protected},
    {place::user, "verified", field::verified},
    {place::user, "created_at", field::created_at},
    {place::user, "public_metrics", field::metrics, place::metrics},
    {place::metrics, "followers_count", field::followers},
    {place::metrics, "following_count", field::following},
    {place::metrics, "tweet_count", field::tweets},
    {place::metrics, "post_count", field::posts},
    {place::problem, "code", field::code},
    {place::problem, "title", field::title},
    {place::problem, "message", field::message},
    {place::problem, "detail", field::detail},
    {place::problem, "type", field::type},
    {place::problem, "value", field::value},
    {place::problem, "resource_id", field::resource_id},
}));

constexpr member_table v1_1_table{v1_1_members};
constexpr member_table v2_table{v2_members};

constexpr member user_element{place::users, {}, field::element, place::user};
constexpr member problem_element{place::problems, {}, field::element, place::problem};
constexpr member link_element{place::links, {}, field::element, place::link};

} // namespace

const member_table& members_of(api_version api) noexcept
{
    return api == api_version::v2 ? v2_table : v1_1_table;
}

const member* element_of(place list) noexcept
{
    switch (list) {
    case place::users:
        return &user_element;
    case place::problems:
        return &problem_element;
    case place::links:
        return &link_element;
    default:
        return nullptr;
    }
}

} // namespace coauth::twitter
