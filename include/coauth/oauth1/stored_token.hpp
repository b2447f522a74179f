// An access token as text, for whoever stores it.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>

#include <string_view>

namespace coauth::oauth1 {

/// "oauth1 oauth_token=...&oauth_token_secret=...", and what else the provider said: after the kind it is the form that
/// leg 3 responds with.
COAUTH_DECL secret stored_text(const access_token& access);

/// The reverse. Fails with `errc::token_revoked` for any other text: it is a credential of another kind, and the user has
/// to sign in again.
COAUTH_DECL result<access_token> parse_stored_text(std::string_view text);

} // namespace coauth::oauth1
