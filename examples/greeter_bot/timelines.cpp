#include "greeter_bot/timelines.hpp"

#include "greeter_bot/ids.hpp"
#include "greeter_bot/limit_wait.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace greeter_bot {

namespace asio = boost::asio;
namespace twitter = coauth::twitter;
using twitter::api_version;

namespace {

// X itself ends its lists after 800 mentions and 3200 tweets.
constexpr int most_pages = 1000;

[[noreturn]] void endless()
{
    throw coauth::error(coauth::errc::malformed_response, "the provider's list of tweets does not end");
}

twitter::api_call own_tweets(api_version api, const std::string& user_id, const std::string& since_id)
{
    twitter::api_call call;
    if (api == api_version::v2) {
        call.path = "/2/users/" + user_id + "/tweets";
        call.query.emplace_back("max_results", "100");
        call.query.emplace_back("tweet.fields", "referenced_tweets");
    } else {
        call.path = "/1.1/statuses/user_timeline.json";
        call.query.emplace_back("user_id", user_id);
        call.query.emplace_back("count", "200");
        call.query.emplace_back("trim_user", "true");
    }
    if (!since_id.empty())
        call.query.emplace_back("since_id", since_id);
    return call;
}

} // namespace

std::optional<std::string> add_replies(api_version api, std::string_view body, replies& found)
{
    const auto page = twitter::read_tweets(api, body);
    for (const twitter::tweet& tweet : page.items)
        if (tweet.reply_to)
            found.emplace(*tweet.reply_to, tweet.id);
    return page.next;
}

asio::awaitable<mention_list> read_mentions(twitter::user_client user, std::string user_id, std::string since_id)
{
    twitter::page_options options;
    options.count = 100;
    options.since_id = since_id;
    const auto ask = [&] { return user.mentions(user_id, options); };
    mention_list found;
    for (int pages = 0; pages < most_pages; ++pages) {
        auto page = co_await retry_after_limit(ask);
        std::move(page.items.begin(), page.items.end(), std::back_inserter(found.items));
        if (page.newest_id && is_older(found.newest_id, *page.newest_id))
            found.newest_id = *page.newest_id;
        if (!page.next)
            co_return found;
        options.token = *page.next;
    }
    endless();
}

asio::awaitable<replies> read_own_replies(twitter::user_client user, std::string user_id, std::string since_id)
{
    const api_version api = user.api();
    const twitter::api_call first = own_tweets(api, user_id, since_id);
    twitter::api_call call = first;
    const auto ask = [&] { return user.request(call); };
    replies found;
    for (int pages = 0; pages < most_pages; ++pages) {
        const auto answer = co_await retry_after_limit(ask);
        const auto next = add_replies(api, answer.body, found);
        if (!next)
            co_return found;
        call = first;
        call.query.emplace_back(api == api_version::v2 ? "pagination_token" : "max_id", *next);
    }
    endless();
}

} // namespace greeter_bot
