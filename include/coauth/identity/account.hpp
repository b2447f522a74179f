// The interface to what a user's credential allows.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/lookup.hpp>
#include <coauth/identity/lookup_rules.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/identity/user_ref.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace coauth {

/// One user's access to one provider, made ready: the HMAC key or the bearer header is prepared once, when
/// `login_provider::open` makes it.
///
/// Operations throw `coauth::error` and honour cancellation. Each sends its request once: it never retries
/// and never waits for a rate limit, for its caller (`session`) does.
///
/// Thread safety: safe. Lifetime: an operation keeps what it needs; account and provider may go before it ends.
class COAUTH_DECL account {
public:
    virtual ~account();

    /// The user's own profile.
    virtual boost::asio::awaitable<reply<profile>> me() = 0;

    /// How others are looked up; null if this provider looks nobody up. Lives as long as the account.
    virtual const lookup_rules* directory() const;

    /// Up to `max_users` users, all by id or all by name. Missing users are outcomes, not errors.
    /// Throws `invalid_argument` if there is no directory.
    virtual boost::asio::awaitable<reply<lookups>> look_up(std::vector<user_ref> users);

    /// Any call below the provider's own origins: authorizes the request and sends it. Gives the response if its
    /// status is 2xx, else throws. Throws `invalid_argument` for another origin: a credential is for its provider.
    virtual boost::asio::awaitable<reply<http::response>> call(http::request request) = 0;
};

} // namespace coauth
