// X (Twitter) as a provider of logins and profiles.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/credential.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/twitter/client.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace coauth::twitter {

/// Options of `provider`.
struct provider_options {
    provider_options() = default;

    client_options client;

    /// What a profile costs, in millionths of the currency; for the statistics. Default 10 000: X's $0.010 of 2026.
    std::uint64_t price_per_profile_micros = 10'000;

    /// The app's client ID and secret: logins are by OAuth 2 then. Default: none, and they are by OAuth 1.0a.
    std::optional<oauth2::app> oauth2_app;

    /// What a login by OAuth 2 asks for if it does not say. Without `offline.access` a token ends after two hours.
    std::string oauth2_scope = "tweet.read users.read offline.access";

    /// Where a login by OAuth 2 begins: this base and /i/oauth2/authorize. Empty: https://x.com, or, if `client.endpoints` are not
    /// X's, their `authorize_base`.
    std::string oauth2_authorize_base;
};

/// X as the provider "x" of a `session`: logins by OAuth 1.0a, or by OAuth 2 with `oauth2_app`, and a directory of users.
/// Users who signed in by the other one stay signed in.
///
/// Of a `login_request`, OAuth 1.0a takes `ask_again`, `force_login`, `login_hint` (a user name), `scope` ("read" or "write";
/// empty: as the app is registered) and the parameter "lang"; OAuth 2 takes `scope` and `parameters`. Calls with a token of
/// OAuth 2 are API 2's even if `client.api` is `v1_1`. Throws as `client` does.
COAUTH_DECL std::shared_ptr<login_provider> provider(
    std::shared_ptr<http::transport> transport, oauth1::consumer app, provider_options options = provider_options());

/// The same for an app that has no consumer key: credentials of OAuth 1.0a are `token_revoked`.
COAUTH_DECL std::shared_ptr<login_provider> provider(
    std::shared_ptr<http::transport> transport, oauth2::app app, provider_options options = provider_options());

/// The same over a client's transport, keys and clock.
COAUTH_DECL std::shared_ptr<login_provider> provider(
    const client& app, std::uint64_t price_per_profile_micros = 10'000);

/// An access token as a credential of this provider, for `session::add_user`: "oauth1 oauth_token=...".
COAUTH_DECL credential credential_of(const oauth1::access_token& access);

/// The access token in a credential of OAuth 1.0a. Throws `errc::token_revoked` for any other.
COAUTH_DECL oauth1::access_token access_token_of(const credential& held);

} // namespace coauth::twitter
