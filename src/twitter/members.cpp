#include "twitter/members.hpp"

#include <algorithm>

namespace coauth::twitter {

namespace {

constexpr auto shared_members = std::to_array<member>({
    {field::users, {}, field::user, container::object},
    {field::user, "id", field::id},
    {field::user, "id_str", field::id_str},
    {field::user, "name", field::name},
    {field::user, "description", field::description},
    {field::user, "location", field::location},
    {field::user, "url", field::short_url},
    {field::user, "entities", field::entities, container::object},
    {field::entities, "url", field::entities_url, container::object},
    {field::entities_url, "urls", field::links, container::list},
    {field::links, {}, field::link, container::object},
    {field::link, "expanded_url", field::long_url},
    {field::user, "protected", field::is_protected},
    {field::user, "verified", field::verified},
    {field::user, "created_at", field::created_at},
    {field::tweets, {}, field::tweet, container::object},
    {field::tweet, "id", field::id},
    {field::tweet, "id_str", field::id_str},
    {field::tweet, "full_text", field::full_text},
    {field::tweet, "text", field::text},
    {field::tweet, "created_at", field::created_at},
    {field::author, "id", field::author_id},
    {field::author, "id_str", field::author_id_str},
});

constexpr auto v1_1_members = std::to_array<member>({
    {field::body, "users", field::data},
    {field::body, "next_cursor_str", field::next_page},
    {field::user, "screen_name", field::username},
    {field::user, "profile_image_url_https", field::picture},
    {field::user, "email", field::email},
    {field::user, "followers_count", field::followers},
    {field::user, "friends_count", field::following},
    {field::user, "statuses_count", field::tweet_count},
    {field::tweet, "user", field::author, container::object},
    {field::author, "screen_name", field::author_name},
    {field::tweet, "in_reply_to_status_id", field::reply_to},
    {field::tweet, "in_reply_to_status_id_str", field::reply_to_str},
});

constexpr auto v2_members = std::to_array<member>({
    {field::body, "data", field::data},
    {field::body, "meta", field::meta, container::object},
    {field::meta, "next_token", field::next_page},
    {field::meta, "newest_id", field::newest_id},
    {field::user, "username", field::username},
    {field::user, "profile_image_url", field::picture},
    {field::user, "confirmed_email", field::email},
    {field::user, "public_metrics", field::metrics, container::object},
    {field::metrics, "followers_count", field::followers},
    {field::metrics, "following_count", field::following},
    {field::metrics, "tweet_count", field::tweet_count},
    {field::metrics, "post_count", field::post_count},
    {field::tweet, "author_id", field::posted_by},
    {field::tweet, "referenced_tweets", field::references, container::list},
    {field::references, {}, field::reference, container::object},
    {field::reference, "type", field::reference_type},
    {field::reference, "id", field::reference_id},
    {field::references, "replied_to", field::reply_to}, // not a member, but the id of the first reference of this type
    {field::body, "includes", field::includes, container::object},
    {field::includes, "users", field::authors, container::list},
    {field::authors, {}, field::author, container::object},
    {field::author, "username", field::author_name},
    {field::deletion, "deleted", field::is_deleted},
    {field::body, "errors", field::errors, container::list},
    {field::errors, {}, field::problem, container::object},
    {field::problem, "code", field::code},
    {field::problem, "title", field::title},
    {field::problem, "message", field::message},
    {field::problem, "detail", field::detail},
    {field::problem, "type", field::type},
    {field::problem, "value", field::value},
    {field::problem, "resource_id", field::resource_id},
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
