// What the session needs of a provider of logins.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/session/login.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace coauth {

/// Who granted a login, and with what.
struct grant {
    grant(signed_in_user new_user, oauth1::access_token new_token)
        : user(std::move(new_user)), token(std::move(new_token))
    {}

    signed_in_user user;
    oauth1::access_token token;
};

/// A provider of logins and profiles, as the session sees it. Implement it to bring another.
///
/// Operations throw `coauth::error` and honour cancellation. They send each request once: waiting and
/// trying again is the session's part.
///
/// Thread safety: safe. Lifetime: what an operation returned does not need the provider any more.
class COAUTH_DECL login_provider {
public:
    virtual ~login_provider();

    /// Leg 1.
    virtual boost::asio::awaitable<oauth1::request_token> begin(std::string callback) = 0;

    /// Leg 2: the page where the person decides.
    virtual std::string login_url(const oauth1::request_token& login, bool ask_again) const = 0;

    /// Leg 3, and who it was.
    virtual boost::asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) = 0;

    /// Looks up to `largest_lookup()` people up in one request, all by id or all by name.
    virtual boost::asio::awaitable<twitter::reply<twitter::lookups>> look_up(
        oauth1::access_token user, std::vector<twitter::user_ref> who) = 0;

    /// The most people in one request.
    virtual std::size_t largest_lookup() const = 0;

    /// Whether questions by id and by name count against one rate limit.
    virtual bool one_limit_for_ids_and_names() const = 0;

    /// Makes the provider forget the token.
    virtual boost::asio::awaitable<void> invalidate(oauth1::access_token user) = 0;
};

/// X (Twitter) as a provider. Needs the client only while it is made.
COAUTH_DECL std::shared_ptr<login_provider> twitter_provider(const twitter::client& client);

} // namespace coauth
