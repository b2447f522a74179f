#include "twitter/read_tweets.hpp"

#include "text/json_body.hpp"
#include "twitter/x_response.hpp"

#include <coauth/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace coauth::twitter {

namespace {

// By number: neither has zeros in front.
bool is_older(const std::string& id, const std::string& other)
{
    return id.size() != other.size() ? id.size() < other.size() : id < other;
}

} // namespace

tweet read_tweet(api_version api, std::string_view body)
{
    x_response response = read_x_response(api, one_tweet, body);
    response.require_data();
    return std::move(response.tweets.front());
}

page<tweet> read_tweets(api_version api, std::string_view body)
{
    x_response response = read_x_response(api, tweet_list, body);
    response.require_page();
    page<tweet> p;
    p.items = std::move(response.tweets);
    p.next = std::move(response.next_page);
    const auto [oldest, newest] = std::minmax_element(
        p.items.begin(), p.items.end(), [](const tweet& a, const tweet& b) { return is_older(a.id, b.id); });
    if (newest != p.items.end())
        p.newest_id = newest->id;
    // One that was left out may be newer than the others; `meta` says so where it does.
    if (response.has_unreadable_tweets && response.newest_id && is_older(p.newest_id.value_or(""), *response.newest_id))
        p.newest_id = std::move(response.newest_id);
    if (api == api_version::v1_1 && oldest != p.items.end() && oldest->id != "1")
        p.next = std::to_string(std::stoll(oldest->id) - 1);
    return p;
}

page<profile> read_followers(api_version api, std::string_view body)
{
    x_response response = read_x_response(api, user_page, body);
    response.require_page();
    page<profile> p;
    p.next = std::move(response.next_page);
    if (api == api_version::v1_1 && p.next == "0")
        p.next.reset();
    for (listed_user& user : response.users)
        if (user.id_fault.empty())
            p.items.push_back(std::move(user.profile));
    return p;
}

void read_deletion(api_version api, std::string_view body)
{
    if (api == api_version::v1_1) {
        text::read_json(body);
        return;
    }
    const x_response response = read_x_response(api, deleted_tweet, body);
    response.require_data();
    if (!response.is_deleted)
        throw error(errc::malformed_response, "response: `deleted` is neither true nor false");
    if (!*response.is_deleted)
        throw error(errc::provider_error, "the provider says that the tweet was not deleted");
}

} // namespace coauth::twitter
