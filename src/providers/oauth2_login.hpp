// A login by OAuth 2 from its begin to the token request: no I/O.
#pragma once

#include "providers/oauth2_app.hpp"

#include <coauth/identity/login_provider.hpp>
#include <coauth/identity/login_request.hpp>
#include <coauth/oauth2/callback.hpp>
#include <coauth/secret.hpp>

#include <string>
#include <string_view>

namespace coauth::providers {

/// What a login keeps until it is finished; `begun_login::proof` as text: "VERIFIER NONCE SCOPE", where the nonce of a provider
/// without OpenID is "-".
class login_proof {
public:
    login_proof(secret new_verifier, secret new_nonce, std::string new_scope)
        : verifier(std::move(new_verifier)), nonce(std::move(new_nonce)), scope(std::move(new_scope))
    {}

    secret verifier; ///< Of PKCE.
    secret nonce;    ///< Empty: none was sent.
    std::string scope;
};

secret proof_text(const login_proof& proof);

/// Throws `errc::invalid_argument` for anything that `proof_text` did not write.
login_proof parse_proof(const secret& text);

/// What a login asks for: the request's scope, or the rules', with `openid` where the provider has it.
std::string scope_of(const oauth2_rules& rules, const login_request& request);

/// With a state, verifier and nonce of its own.
begun_login begin_login(const oauth2_setup& setup, const std::string& callback, const login_request& request);

/// The callback of this login, with its code. Throws `errc::invalid_argument` for one of another login or provider, and what
/// it means if the provider refused.
oauth2::callback read_callback(const oauth2_rules& rules, const std::string& state, std::string_view query);

/// A provider's further parameters of a request to the token endpoint.
text::form token_parameters(const oauth2_setup& setup);

/// The response's tokens as a credential; `begun`: when they were asked for.
credential credential_of(const oauth2::stored_credential& tokens, const std::optional<std::chrono::seconds>& expires_in,
    std::chrono::sys_seconds begun);

/// `received` with the refresh token of `kept`, if it has none, does expire, and the older grant allows all that it does.
credential with_earlier_refresh_token(credential received, const credential& kept);

} // namespace coauth::providers
