#include "twitter/user_members.hpp"

#include <algorithm>

namespace coauth::twitter {

namespace {

constexpr auto shared_members = std::to_array<member>({
    {place::users, {}, field::element, place::user},
    {place::user, "id", field::id},
    {place::user, "id_str", field::id_str},
    {place::user, "name", field::name},
    {place::user, "description", field::description},
    {place::user, "location", field::location},
    {place::user, "url", field::short_url},
    {place::user, "entities", field::entities, place::entities},
    {place::entities, "url", field::entities_url, place::entities_url},
    {place::entities_url, "urls", field::links, place::links},
    {place::links, {}, field::element, place::link},
    {place::link, "expanded_url", field::long_url},
    {place::user, "protected", field::is_protected},
    {place::user, "verified", field::verified},
    {place::user, "created_at", field::created_at},
});

constexpr auto v1_1_members = std::to_array<member>({
    {place::response, "users", field::data},
    {place::response, "next_cursor_str", field::next_page},
    {place::user, "screen_name", field::username},
    {place::user, "profile_image_url_https", field::picture},
    {place::user, "email", field::email},
    {place::user, "followers_count", field::followers},
    {place::user, "friends_count", field::following},
    {place::user, "statuses_count", field::tweets},
});

constexpr auto v2_members = std::to_array<member>({
    {place::response, "data", field::data},
    {place::response, "meta", field::meta, place::meta},
    {place::meta, "next_token", field::next_page},
    {place::user, "username", field::username},
    {place::user, "profile_image_url", field::picture},
    {place::user, "confirmed_email", field::email},
    {place::user, "public_metrics", field::metrics, place::metrics},
    {place::metrics, "followers_count", field::followers},
    {place::metrics, "following_count", field::following},
    {place::metrics, "tweet_count", field::tweets},
    {place::metrics, "post_count", field::posts},
    {place::response, "errors", field::errors, place::problems},
    {place::problems, {}, field::element, place::problem},
    {place::problem, "code", field::code},
    {place::problem, "title", field::title},
    {place::problem, "message", field::message},
    {place::problem, "detail", field::detail},
    {place::problem, "type", field::type},
    {place::problem, "value", field::value},
    {place::problem, "resource_id", field::resource_id},
});

template <std::size_t Count>
constexpr auto with_shared(const std::array<member, Count>& own)
{
    std::array<member, Count + shared_members.size()> all;
    std::copy(own.begin(), own.end(), std::copy(shared_members.begin(), shared_members.end(), all.begin()));
    std::sort(all.begin(), all.end(), member_table::comes_before);
    return all;
}

constexpr auto all_v1_1 = with_shared(v1_1_members);
constexpr auto all_v2 = with_shared(v2_members);
constexpr member_table v1_1_table{all_v1_1};
constexpr member_table v2_table{all_v2};

} // namespace

const member_table& members_of(api_version api) noexcept
{
    return api == api_version::v2 ? v2_table : v1_1_table;
}

} // namespace coauth::twitter
