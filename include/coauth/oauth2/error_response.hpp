// A provider's refusal and what it means (RFC 6749, sections 4.1.2.1 and 5.2; RFC 8628, section 3.5).
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// What was asked for: the same code of a refusal means another thing for each.
enum class request_kind {
    authorization,        ///< The callback.
    code,                 ///< A token for a code.
    refresh,              ///< A token for a refresh token.
    client_credentials,   ///< A token for the app itself.
    device_authorization, ///< A device's code.
    device_token,         ///< A token for a device's code.
    revocation,
};

/// Thread safety: a value. Lifetime: owns its texts.
struct error_response {
    error_response() = default;

    std::string code;          ///< `error`, such as "invalid_grant"; Facebook's `type`.
    std::string description;   ///< `error_description`; Facebook's `message`.
    std::optional<int> number; ///< Facebook's `code`.
};

/// The error for a caller. `status`: of HTTP; 0 if there was none.
///
///   denied               access_denied, authorization_declined
///   invalid_credentials  invalid_client, unauthorized_client, incorrect_client_credentials (GitHub)
///   invalid_verifier     a refused code: invalid_grant, bad_verification_code (GitHub), invalid_request (X)
///   token_revoked        a refused refresh token: invalid_grant, bad_refresh_token (GitHub), invalid_request (X); invalid_token,
///                        or Facebook's 102 and 190
///   invalid_scope        invalid_scope
///   callback_refused     redirect_uri_mismatch
///   expired              expired_token
///   login_required       login_required, interaction_required, consent_required, account_selection_required
///   rate_limited         slow_down, HTTP status 429, or Facebook's 4, 17, 32, 341, 613 and 80000 to 80014
///   provider_unavailable server_error, temporarily_unavailable, a 5xx status, or Facebook's 1 (of a call) and 2
///   access_level         insufficient_scope, or Facebook's 3, 10 and 200 to 299
///   provider_error       anything else
///
/// The provider's words are left out if they repeat one of `hidden`, as it is or percent-encoded.
COAUTH_DECL error to_error(
    const error_response& refusal, request_kind kind, int status, std::span<const secret> hidden = {});

} // namespace coauth::oauth2
