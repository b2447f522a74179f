// The parameters of the provider's redirect back to the app (RFC 5849, section 2.2).
#pragma once

#include <coauth/oauth1/credentials.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The longest callback query that is read, in octets.
inline constexpr std::size_t max_callback_query = 2048;

/// A callback that is well formed; whether it belongs to a login is still to be asked.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct COAUTH_DECL callback {
    callback() = default;

    std::string token;   ///< The request token of the login.
    secret verifier;     ///< Empty if the user denied the login.
    bool denied = false; ///< X says `denied=TOKEN` and nothing else.
    parameters extra;    ///< What the app's own callback URL had in its query.

    /// Compares the token with a pending login's, in constant time.
    bool belongs_to(const request_token& login) const noexcept;
};

/// Reads a callback's query (without `?`). It is exactly `oauth_token` + `oauth_verifier`, or
/// `denied`, beside parameters of the app's own. Fails with `errc::invalid_argument` for anything
/// else: a part missing, doubled or empty, both forms at once, another `oauth_` parameter, control
/// characters, bad encoding, or over `max_callback_query`.
COAUTH_DECL result<callback> parse_callback(std::string_view query);

/// The request token of the login that the callback speaks of: `login_provider::key_of`. Fails as `parse_callback`.
COAUTH_DECL result<std::string> callback_token(std::string_view query);

/// The verifier that the callback brought for `login`, for leg 3. Fails as `parse_callback`, with `errc::invalid_argument`
/// for a callback of another login, and with `errc::denied` if the user refused.
COAUTH_DECL result<secret> callback_verifier(std::string_view query, const request_token& login);

} // namespace coauth::oauth1
