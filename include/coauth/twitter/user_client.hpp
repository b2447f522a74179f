// The calls that take a user's access token.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/lookup.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/tweet.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coauth::twitter {

class user_access;

/// A call for `user_client::request`.
struct api_call {
    api_call() = default;
    api_call(std::string new_method, std::string new_path) : method(std::move(new_method)), path(std::move(new_path)) {}

    std::string method = "GET";
    std::string path;         ///< Below the API base, encoded, without a query: "/2/tweets/20".
    oauth1::parameters query; ///< Decoded; encoded as it is signed.
    oauth1::parameters form;  ///< Sent as a form body if not empty; then `json` must be empty.
    std::string json;         ///< Sent as a JSON body; not signed.
};

/// The calls of one app on behalf of one user. `client::for_user` makes it; the signing key is prepared then, once.
///
/// Operations throw `coauth::error`, try again and correct the clock as those of `client` do.
///
/// Thread safety: safe. Lifetime: copies share one state and are cheap; the client may go before them, and an
/// operation keeps what it needs.
class COAUTH_DECL user_client {
public:
    /// The user that granted the token. API 1.1 asks `users/show` with what leg 3 said of the user
    /// (`account/verify_credentials` where it said nothing or the e-mail address is wanted).
    boost::asio::awaitable<reply<coauth::profile>> me() const;

    /// One user. Fails with `not_found`, `suspended`, `forbidden`.
    boost::asio::awaitable<reply<coauth::profile>> profile(user_ref user) const;

    /// Up to 100 users in one request, all by id or all by name; none: no request. Missing and
    /// suspended users are outcomes, not errors. A user whose id cannot be read, or in whose place the
    /// response has another one, is `failed`, and so are those that the response then does not name at all; the users
    /// it does name are found.
    boost::asio::awaitable<reply<lookups>> profiles(std::vector<user_ref> users) const;

    boost::asio::awaitable<reply<page<tweet>>> tweets(std::string user_id, page_options page = page_options()) const;
    /// Tweets that mention the user. API 1.1 knows them for the token's own user only.
    boost::asio::awaitable<reply<page<tweet>>> mentions(std::string user_id, page_options page = page_options()) const;
    boost::asio::awaitable<reply<page<coauth::profile>>> followers(
        std::string user_id, page_options page = page_options()) const;

    /// `reply_to`: the id of the tweet answered, or empty. Fails with `duplicate` if the same text was just posted.
    boost::asio::awaitable<reply<tweet>> post_tweet(std::string text, std::string reply_to = {}) const;
    boost::asio::awaitable<void> delete_tweet(std::string id) const;

    /// Any other signed call. Gives the response if its status is 2xx, else throws as the others do.
    boost::asio::awaitable<reply<http::response>> request(api_call call) const;

    /// Makes the provider forget the token.
    boost::asio::awaitable<void> invalidate_token() const;

    /// The API that calls go to.
    api_version api() const noexcept;

private:
    friend class client;
    explicit user_client(std::shared_ptr<const user_access> access);
    std::shared_ptr<const user_access> access_;
};

} // namespace coauth::twitter
