#include "api/read_response.hpp"
#include "twitter/arguments.hpp"
#include "twitter/read_tweets.hpp"
#include "twitter/routes.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/twitter/requests.hpp>

#include <utility>

namespace coauth::twitter {

namespace {

http::request request_of(const client_options& options, api_call call)
{
    require_call(call);
    return routes::request_of(http::parse_base_url(options.endpoints.api_base).value(), std::move(call));
}

} // namespace

http::request tweets_request(const client_options& options, std::string user_id, page_options page)
{
    require_id(user_id, "the user's id");
    require_page(options.api, page_kind::tweets, page);
    return request_of(options, routes::tweets(options.api, user_id, page));
}

http::request mentions_request(const client_options& options, std::string user_id, page_options page)
{
    require_id(user_id, "the user's id");
    require_page(options.api, page_kind::tweets, page);
    return request_of(options, routes::mentions(options.api, user_id, page));
}

page<tweet> read_tweets(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_tweets(options.api, body); });
}

http::request followers_request(const client_options& options, std::string user_id, page_options page)
{
    require_id(user_id, "the user's id");
    require_page(options.api, page_kind::followers, page);
    return request_of(options, routes::followers(options.api, user_id, page));
}

page<coauth::profile> read_followers(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_followers(options.api, body); });
}

http::request post_tweet_request(const client_options& options, std::string text, std::string reply_to)
{
    require_text(text);
    if (!reply_to.empty())
        require_id(reply_to, "the id of the tweet answered");
    return request_of(options, routes::post_tweet(options.api, text, reply_to));
}

tweet read_posted_tweet(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_tweet(options.api, body); });
}

} // namespace coauth::twitter
