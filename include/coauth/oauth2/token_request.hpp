// Requests to the token endpoint (RFC 6749, sections 4 and 6; RFC 8628, section 3.4).
//
// `extra` are a provider's own parameters, such as `resource`, or X's `client_id` beside Basic. What a function below sets
// itself may not be among them: the functions throw `errc::invalid_argument`.
#pragma once

#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/form_request.hpp>
#include <coauth/text/form.hpp>

#include <string_view>

namespace coauth::oauth2 {

/// Trades the code of a callback for tokens (section 4.1.3). `redirect_uri` is the one of the authorization request,
/// `code_verifier` the one whose challenge it had.
COAUTH_DECL form_request code_request(const app& client, const secret& code, std::string_view redirect_uri,
    const secret& code_verifier, const text::form& extra = {});

/// Renews an access token (section 6). `scope`, space-separated, may only narrow what was granted; empty: all of it.
COAUTH_DECL form_request refresh_request(
    const app& client, const secret& refresh_token, std::string_view scope = {}, const text::form& extra = {});

/// Asks for a token of the app itself (section 4.4).
COAUTH_DECL form_request client_credentials_request(
    const app& client, std::string_view scope = {}, const text::form& extra = {});

/// Asks whether the user has allowed a device (RFC 8628, section 3.4).
COAUTH_DECL form_request device_token_request(
    const app& client, const secret& device_code, const text::form& extra = {});

} // namespace coauth::oauth2
