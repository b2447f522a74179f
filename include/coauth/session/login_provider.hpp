// The interface of a provider of logins for the session.
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
#include <string_view>
#include <vector>

namespace coauth {

/// The user who granted a login, and the access token.
struct grant {
    grant(signed_in_user new_user, oauth1::access_token new_token)
        : user(std::move(new_user)), token(std::move(new_token))
    {}

    signed_in_user user;
    oauth1::access_token token;
};

/// A provider of logins and profiles. Implement it to add another.
///
/// Operations throw `coauth::error` and honour cancellation. They send each request once: the
/// session waits and retries.
///
/// Thread safety: safe. Lifetime: an operation does not need the provider after the call.
class COAUTH_DECL login_provider {
public:
    virtual ~login_provider();

    /// Its name in addresses, logs and stores: 1 to 32 of `a-z`, `0-9`, `_` and `-`. Default "x".
    virtual std::string_view name() const noexcept;

    /// Leg 1.
    virtual boost::asio::awaitable<oauth1::request_token> begin(std::string callback) = 0;

    /// Leg 2: the page where the user decides.
    virtual std::string login_url(const oauth1::request_token& login, bool ask_again) const = 0;

    /// Leg 3, and the user who signed in.
    virtual boost::asio::awaitable<grant> finish(oauth1::request_token login, std::string verifier) = 0;

    /// Looks up to `largest_lookup()` users up in one request, all by id or all by name.
    virtual boost::asio::awaitable<coauth::reply<coauth::lookups>> look_up(
        oauth1::access_token token, std::vector<coauth::user_ref> users) = 0;

    /// The most users in one request.
    virtual std::size_t largest_lookup() const = 0;

    /// Whether questions by id and by name count against one rate limit.
    virtual bool one_limit_for_ids_and_names() const = 0;

    /// Invalidates the token at the provider.
    virtual boost::asio::awaitable<void> invalidate(oauth1::access_token token) = 0;
};

/// X (Twitter) as a provider. Copies what it needs of the client.
COAUTH_DECL std::shared_ptr<login_provider> twitter_provider(const twitter::client& client);

} // namespace coauth
