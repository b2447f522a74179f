// Requests of X's API for `session::call`, and what their responses say.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/twitter/client.hpp>
#include <coauth/twitter/tweet.hpp>

#include <string>

namespace coauth::twitter {

// Pairs: a request, and the reader of its response. A session that sends the request waits for X's limits, tries again while X
// is down, and forgets a token that X refuses:
//
//     auto response = co_await session.call(user, tweets_request(options, user), "tweets");
//     auto tweets = read_tweets(options, response);
//
// `options`: those of the provider's client, for the API and its base. The requests throw `errc::invalid_argument` as the
// functions of `user_client` do, and the readers `errc::malformed_response` with the response's status.

COAUTH_DECL http::request tweets_request(
    const client_options& options, std::string user_id, page_options page = page_options());
COAUTH_DECL http::request mentions_request(
    const client_options& options, std::string user_id, page_options page = page_options());
COAUTH_DECL page<tweet> read_tweets(const client_options& options, const http::response& response);

COAUTH_DECL http::request followers_request(
    const client_options& options, std::string user_id, page_options page = page_options());
COAUTH_DECL page<coauth::profile> read_followers(const client_options& options, const http::response& response);

COAUTH_DECL http::request post_tweet_request(
    const client_options& options, std::string text, std::string reply_to = std::string());
COAUTH_DECL tweet read_posted_tweet(const client_options& options, const http::response& response);

} // namespace coauth::twitter
