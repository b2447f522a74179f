// Tokens as text, for a store.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/oauth2/token_response.hpp>
#include <coauth/secret.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// What the text of a `coauth::credential` of OAuth 2 holds; when it was issued and when it ends is beside that text.
///
/// Thread safety: a value. Lifetime: owns its texts; the tokens are wiped.
struct stored_credential {
    stored_credential() = default;

    /// Of a response. `requested_scope` is what was granted if the response does not say; `old_refresh_token` stays if a
    /// renewal brought no new one.
    COAUTH_DECL stored_credential(
        const token_response& response, std::string_view requested_scope, const secret& old_refresh_token = {});

    secret access_token;
    secret refresh_token; ///< Empty: not renewable.
    std::string scope;    ///< Space-separated.
};

/// "oauth2 token_type=bearer&access_token=...&refresh_token=...&scope=..."; the last two only if there is one.
COAUTH_DECL secret stored_text(const stored_credential& credential);

/// The reverse. Fails with `errc::token_revoked` for any other text: it is a credential of another kind, and the user has
/// to sign in again.
COAUTH_DECL result<stored_credential> parse_stored_text(std::string_view text);

} // namespace coauth::oauth2
