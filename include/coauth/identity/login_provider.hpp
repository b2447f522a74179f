// The interface of a provider of logins.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/identity/account.hpp>
#include <coauth/identity/credential.hpp>
#include <coauth/identity/login_request.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace coauth {

/// A login that has begun at its provider.
///
/// Thread safety: a value. Lifetime: owns its texts.
class begun_login {
public:
    begun_login(std::string new_key, std::string new_url, secret new_proof)
        : key(std::move(new_key)), url(std::move(new_url)), proof(std::move(new_proof))
    {}

    std::string key; ///< Comes back in the callback: OAuth 1.0a's request token, OAuth 2's state.
    std::string url; ///< Where the browser goes; never stored, and empty when the login is finished.
    secret proof;    ///< What finishing takes: OAuth 1.0a's token secret; PKCE's verifier and OpenID's nonce.
};

/// What a user granted.
///
/// Thread safety: a value. Lifetime: owns its texts.
class finished_login {
public:
    finished_login(profile new_user, credential new_held, std::string new_scope = {})
        : user(std::move(new_user)), held(std::move(new_held)), scope(std::move(new_scope))
    {}

    profile user; ///< With its id at least.
    credential held;
    std::string scope; ///< What the app may do, in the provider's words; empty if the provider does not tell.
};

/// A login on another device: the user opens `url` there and types `code` (RFC 8628).
///
/// Thread safety: a value. Lifetime: owns its texts.
class device_prompt {
public:
    device_prompt(std::string new_code, std::string new_url, secret new_proof)
        : code(std::move(new_code)), url(std::move(new_url)), proof(std::move(new_proof))
    {}

    std::string code;
    std::string url;
    std::string complete_url; ///< With the code in it, for a QR code; empty if the provider has none.
    std::chrono::seconds expires_in{600};
    std::chrono::seconds interval{5}; ///< Between two questions.
    secret proof;                     ///< What finishing takes.
};

/// One app at one provider. Implement it to add another; `oauth1`, `oauth2` and `api` hold what it needs.
///
/// Operations throw `coauth::error` and honour cancellation. An exchange (`begin`, the token request of `finish`, `renew`)
/// is sent once, for it can't be repeated. The GETs that `finish` makes afterwards may be repeated; if they fail, it
/// revokes the new credential where the provider can.
///
/// Thread safety: safe. Lifetime: an operation keeps what it needs; the provider may go before it ends.
class COAUTH_DECL login_provider {
public:
    virtual ~login_provider();

    /// "x", "github": 1 to 32 of `[a-z0-9_-]`. Part of every key and of the site's addresses; never changes.
    virtual std::string_view name() const noexcept = 0;

    /// Begins a login that comes back to `callback`.
    virtual boost::asio::awaitable<begun_login> begin(std::string callback, login_request request) = 0;

    /// The `key` of the login that a callback's query (without `?`) speaks of. Judges the whole form of the query, before
    /// anything is consumed: `invalid_argument` for one that is not a callback.
    virtual result<std::string> key_of(std::string_view callback_query) const = 0;

    /// Ends a login: exchanges what the callback brought. `login` has the key and the proof; `callback` is the one that
    /// `begin` was given. Throws `denied` if the user refused.
    virtual boost::asio::awaitable<finished_login> finish(
        begun_login login, std::string callback, std::string callback_query) = 0;

    /// A user's access, prepared. Throws `token_revoked` for a credential that this provider did not issue.
    virtual std::shared_ptr<account> open(const credential& held) const = 0;

    /// A new credential for a `renewable` one, which may be invalid from then on. Throws `token_revoked` if the
    /// provider does not know it any longer.
    virtual boost::asio::awaitable<credential> renew(credential held);

    /// What to keep of a user who signs in again: `received` of the new login, and `kept` of an earlier one. By default
    /// `received`; with what only an earlier login brought, such as a refresh token that comes with the first consent.
    virtual credential carry_over(credential received, const credential& kept) const;

    /// Invalidates it at the provider. Does nothing where a provider can't.
    virtual boost::asio::awaitable<void> revoke(credential held);

    /// Ends a credential that could not be kept, unless that would end others of the same user. By default `revoke`.
    virtual boost::asio::awaitable<void> discard(credential received);

    /// A login without a callback. Throws `invalid_argument` where the provider has none.
    virtual boost::asio::awaitable<device_prompt> begin_device(login_request request);

    /// Asks at the prompt's interval until the user has allowed, denied, or let it expire.
    virtual boost::asio::awaitable<finished_login> finish_device(device_prompt prompt);
};

} // namespace coauth
