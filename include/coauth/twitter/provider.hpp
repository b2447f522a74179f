// X (Twitter) as a provider of logins and profiles.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/credential.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/twitter/client.hpp>

#include <cstdint>
#include <memory>

namespace coauth::twitter {

/// Options of `provider`.
struct provider_options {
    provider_options() = default;

    client_options client;

    /// What a profile costs, in millionths of the currency; for the statistics. Default 10 000: X's $0.010 of 2026.
    std::uint64_t price_per_profile_micros = 10'000;
};

/// X as the provider "x" of a `session`: logins by OAuth 1.0a, and a directory of users.
///
/// Of a `login_request` it takes `ask_again`, `force_login`, `login_hint` (a user name), `scope` ("read" or "write"; empty: as
/// the app is registered) and the parameter "lang". Throws as `client` does.
COAUTH_DECL std::shared_ptr<login_provider> provider(
    std::shared_ptr<http::transport> transport, oauth1::consumer app, provider_options options = provider_options());

/// The same over a client's transport, keys and clock.
COAUTH_DECL std::shared_ptr<login_provider> provider(
    const client& app, std::uint64_t price_per_profile_micros = 10'000);

/// An access token as a credential of this provider, for `session::add_user`: "oauth1 oauth_token=...".
COAUTH_DECL credential credential_of(const oauth1::access_token& access);

/// The access token in a credential of this provider. Throws `errc::token_revoked` for any other.
COAUTH_DECL oauth1::access_token access_token_of(const credential& held);

} // namespace coauth::twitter
