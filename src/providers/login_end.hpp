// The end of a login: the ID token (OpenID Connect) and the profile.
#pragma once

#include "providers/oauth2_app.hpp"
#include "providers/oauth2_login.hpp"

#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/token_response.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace coauth::providers {

/// Checks the ID token where the provider has OpenID, and gets the profile: of the same user. If that fails, revokes the tokens.
/// An ID token of a key that is not known is checked with the newest ones. `begun`: when the tokens were asked for.
/// Throws `errc::id_token_rejected`, and what getting keys or profile fails with.
boost::asio::awaitable<finished_login> login_of(shared_oauth2_app app, shared_oauth2_setup setup,
    oauth2::token_response tokens, login_proof proof, std::chrono::sys_seconds begun);

} // namespace coauth::providers
