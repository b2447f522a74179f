// Signs people in with X (Twitter) and looks them up.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/lookup.hpp>
#include <coauth/twitter/profile.hpp>
#include <coauth/twitter/reply.hpp>
#include <coauth/twitter/tweet.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coauth::twitter {

/// Options of `client`.
struct client_options {
    client_options() = default;

    twitter::endpoints endpoints;
    api_version api = api_version::v2;

    /// Asks for the e-mail address in `me`. X gives it only to apps that were granted it; otherwise
    /// the field stays empty. Default false.
    bool want_email = false;

    /// For each call on the wire. 0: the transport's default.
    std::chrono::milliseconds deadline{0};

    /// How long a GET may go on trying while the provider is down (5xx, codes 130 and 131), the waits
    /// included. 0: no second try. Default 5 s.
    std::chrono::milliseconds retry_budget{5'000};

    std::string user_agent; ///< Default: "coauth/1.0.0".

    /// Inputs for tests; production leaves them alone: the machine's clocks, OpenSSL's generator.
    std::shared_ptr<coauth::clock> clock;
    std::function<std::string()> nonce;
};

/// What the app asks for in leg 1 (`x_auth_access_type`).
enum class access_type { as_registered, read, write };

/// How leg 2 greets the person.
struct authorize_options {
    authorize_options() = default;

    bool force_login = false; ///< Asks for the password again.
    std::string screen_name;  ///< Filled into the login form.
    std::string lang;         ///< The page's language, such as "de"; undocumented, but long in use.
};

/// A call for `client::request`.
struct api_call {
    api_call() = default;
    api_call(std::string new_method, std::string new_path) : method(std::move(new_method)), path(std::move(new_path)) {}

    std::string method = "GET";
    std::string path;         ///< Below the API base, encoded, without a query: "/2/tweets/20".
    oauth1::parameters query; ///< Decoded; encoded as it is signed.
    oauth1::parameters form;  ///< Sent as a form body if not empty; then `json` must be empty.
    std::string json;         ///< Sent as a JSON body; not signed.
};

/// One app's way to the provider: the three legs of OAuth 1.0a (RFC 5849) and the calls after them.
///
/// Every operation throws `coauth::error`. Errors of the caller (`errc::invalid_argument`) come
/// before a byte is sent. A request refused because of this machine's clock is sent once more with
/// the provider's time, up to an hour off, and the client keeps the difference (`clock_offset`). A
/// GET is repeated while the provider is down, within `retry_budget`. Legs, POST and DELETE are never
/// sent twice otherwise.
///
/// Thread safety: safe; share one among threads.
/// Lifetime: operations under way keep what they need; the client may be destroyed before they end.
class COAUTH_DECL client {
public:
    /// Throws `errc::invalid_argument` for endpoints that are malformed, or http and not loopback.
    client(std::shared_ptr<http::transport> transport, oauth1::consumer app, client_options options = client_options());
    ~client();
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;

    /// Leg 1. `callback`: an absolute URL that is registered with the provider, or "oob" for a PIN.
    /// Fails with `callback_not_confirmed`, `callback_refused`, `invalid_credentials`, ...
    boost::asio::awaitable<oauth1::request_token> request_token(
        std::string callback, access_type access = access_type::as_registered) const;

    /// Leg 2: where to send the person. `authenticate` returns at once if the person allowed this app
    /// before ("Sign in with X"); `authorize` always asks, and is the one for a PIN.
    std::string authenticate_url(
        const oauth1::request_token& login, const authorize_options& options = authorize_options()) const;
    std::string authorize_url(
        const oauth1::request_token& login, const authorize_options& options = authorize_options()) const;

    /// Leg 3. `verifier`: what the callback brought, or the PIN as typed; white space around a PIN is
    /// left out, zeros in front are kept. Fails for one that holds control characters. A `user_id` that
    /// is not an id is left out of the token's `extra`: ask `me`.
    boost::asio::awaitable<oauth1::access_token> access_token(oauth1::request_token login, std::string verifier) const;

    /// Makes the provider forget the token.
    boost::asio::awaitable<void> invalidate_token(oauth1::access_token user) const;

    /// The person who granted the token. API 1.1 asks `users/show` with what leg 3 said of the person
    /// (`account/verify_credentials` where it said nothing or the e-mail address is wanted).
    boost::asio::awaitable<reply<twitter::profile>> me(oauth1::access_token user) const;

    /// One person. Fails with `not_found`, `suspended`, `forbidden`.
    boost::asio::awaitable<reply<twitter::profile>> profile(oauth1::access_token user, user_ref who) const;

    /// Up to 100 people in one request, all by id or all by name; none: no request. Missing and
    /// suspended people are outcomes, no errors. A user whose id cannot be read, or in whose place the
    /// response has another one, is `failed`, and so are those that the response then does not name at all; the users
    /// it does name are found.
    boost::asio::awaitable<reply<lookups>> profiles(oauth1::access_token user, std::vector<user_ref> who) const;

    boost::asio::awaitable<reply<page<tweet>>> tweets(
        oauth1::access_token user, std::string user_id, page_options which = page_options()) const;
    /// Tweets that mention the person. API 1.1 knows them for the token's own person only.
    boost::asio::awaitable<reply<page<tweet>>> mentions(
        oauth1::access_token user, std::string user_id, page_options which = page_options()) const;
    boost::asio::awaitable<reply<page<twitter::profile>>> followers(
        oauth1::access_token user, std::string user_id, page_options which = page_options()) const;

    /// `reply_to`: the id of the tweet answered, or empty. Fails with `duplicate` if the same text was just posted.
    boost::asio::awaitable<reply<tweet>> post_tweet(
        oauth1::access_token user, std::string text, std::string reply_to = {}) const;
    boost::asio::awaitable<void> delete_tweet(oauth1::access_token user, std::string id) const;

    /// Any other signed call. Gives the answer if its status is 2xx, else throws as the others do.
    boost::asio::awaitable<reply<http::response>> request(oauth1::access_token user, api_call call) const;

    /// How far the provider's clock is ahead of this machine's now, as learnt from a refusal; 0 until
    /// then. Negative if this machine's is ahead. Setting this machine's clock right changes it.
    std::chrono::seconds clock_offset() const noexcept;

    const client_options& options() const noexcept;

    /// The same client (transport, keys, learnt clock) that never tries again on its own while the
    /// provider is down: for those who decide that themselves.
    client without_retry() const;

private:
    class state;
    explicit client(std::shared_ptr<state> state);
    std::shared_ptr<state> state_;
};

} // namespace coauth::twitter
