// Ending a token at the provider (RFC 7009).
#pragma once

#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/error_response.hpp>
#include <coauth/oauth2/form_request.hpp>
#include <coauth/text/form.hpp>

#include <span>
#include <string_view>

namespace coauth::oauth2 {

/// What kind of token it is (section 2.1); a provider may ignore it.
enum class token_type_hint { none, access_token, refresh_token };

/// Asks to revoke `token`. A refresh token takes the access tokens that came of it along, at most providers.
COAUTH_DECL form_request revocation_request(
    const app& client, const secret& token, token_type_hint hint = token_type_hint::none, const text::form& extra = {});

/// Reads the response: any 2xx is done, with any body, and so is a token that the provider does not know
/// (`invalid_token`, Google). Fails as `to_error` says, or with `malformed_response` or `provider_unavailable`.
COAUTH_DECL result<void> parse_revocation_response(
    int status, std::string_view body, std::span<const secret> hidden = {});

} // namespace coauth::oauth2
