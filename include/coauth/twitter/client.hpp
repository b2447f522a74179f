// Signs users in with X (Twitter).
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/user_client.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace coauth {
class login_provider;
}

namespace coauth::twitter {

class x_app;

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

/// One app at X: the three legs of OAuth 1.0a (RFC 5849), and `for_user` for the calls after them.
///
/// Every operation throws `coauth::error`. Errors of the caller (`errc::invalid_argument`) come
/// before a byte is sent. A request refused because of this machine's clock is sent once more with
/// the provider's time, up to an hour off, and the client keeps the difference (`clock_offset`). A
/// GET is repeated while the provider is down, within `retry_budget`. Legs, POST and DELETE are never
/// sent twice otherwise.
///
/// Thread safety: safe; share one among threads.
/// Lifetime: operations in flight keep what they need; the client may be destroyed before they end.
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

    /// The calls on behalf of the user that granted `access`: `client.for_user(access).me()`.
    user_client for_user(oauth1::access_token access) const;

    /// How far the provider's clock is ahead of this machine's now, as learnt from a refusal; 0 until
    /// then. Negative if this machine's is ahead. Setting this machine's clock right changes it.
    std::chrono::seconds clock_offset() const noexcept;

    const client_options& options() const noexcept;

private:
    friend std::shared_ptr<login_provider> provider(const client& app, std::uint64_t price_per_profile_micros);
    std::shared_ptr<const x_app> app_;
};

} // namespace coauth::twitter
