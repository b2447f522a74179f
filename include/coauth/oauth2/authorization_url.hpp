// Where a login begins (RFC 6749, section 4.1.1).
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/secret.hpp>
#include <coauth/text/form.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// What an authorization request asks for.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct authorization_request {
    authorization_request() = default;

    std::string redirect_uri;
    std::string scope; ///< Space-separated; empty: none is sent, and the provider chooses.
    std::string state; ///< `random_state()`.
    std::string nonce; ///< `random_nonce()` for OpenID Connect; empty: none is sent.

    /// `code_challenge()` of this login's verifier; sent with the method S256.
    std::string code_challenge;

    /// A provider's own parameters, such as Google's `access_type`. An empty value is left out.
    text::form extra;
};

/// The URL to send the user to. `endpoint` may have a query of its own; a fragment is left out. It never holds the
/// verifier or the app's secret.
/// Throws `errc::invalid_argument` if redirect URI, state or challenge is missing, if the challenge is not one of S256, and
/// if `extra` or the endpoint's query names a parameter that is set here.
COAUTH_DECL std::string authorization_url(
    std::string_view endpoint, const app& client, const authorization_request& request);

} // namespace coauth::oauth2
