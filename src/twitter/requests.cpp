#include "api/read_response.hpp"
#include "twitter/read_tweets.hpp"
#include "twitter/routes.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/twitter/requests.hpp>

namespace coauth::twitter {

namespace {

routes routes_of(const client_options& options)
{
    return routes(http::parse_base_url(options.endpoints.api_base).value(), options.api);
}

} // namespace

http::request tweets_request(const client_options& options, std::string user_id, page_options page)
{
    return routes_of(options).tweets(user_id, page);
}

http::request mentions_request(const client_options& options, std::string user_id, page_options page)
{
    return routes_of(options).mentions(user_id, page);
}

page<tweet> read_tweets(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_tweets(options.api, body); });
}

http::request followers_request(const client_options& options, std::string user_id, page_options page)
{
    return routes_of(options).followers(user_id, page);
}

page<coauth::profile> read_followers(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_followers(options.api, body); });
}

http::request post_tweet_request(const client_options& options, std::string text, std::string reply_to)
{
    return routes_of(options).post_tweet(text, reply_to);
}

tweet read_posted_tweet(const client_options& options, const http::response& response)
{
    return api::read_response(response, [&](std::string_view body) { return read_tweet(options.api, body); });
}

} // namespace coauth::twitter
