// Any OpenID provider, by discovery.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/text/form.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coauth::providers {

/// Options of `oidc`.
struct oidc_options {
    oidc_options() = default;

    std::string name = "oidc";                  ///< As `login_provider::name`: "keycloak". Another one for each issuer.
    std::string scope = "openid email profile"; ///< With `offline_access`, many providers give a refresh token.
    std::vector<std::string> api_bases; ///< Where else than at the userinfo endpoint the access token may be sent.
    text::form authorize_parameters;    ///< Such as Auth0's `audience`.
    std::chrono::seconds leeway{60};    ///< How far this machine's clock and the provider's may differ.

    /// True for a provider where revoking one token ends all that the user has granted to the app, or the user's whole session, as
    /// with Keycloak: a login that fails after its exchange revokes nothing then. Default false.
    bool revocation_ends_grant = false;
};

/// An OpenID provider (Keycloak, Auth0, Entra, GitLab and the like), known by its issuer:
///
///     oidc_options options;
///     options.name = "keycloak";
///     auto provider = oidc(network, oauth2::app("my-app", secret("...")), "https://sso.example.org/realms/staff", options);
///
/// Its document is fetched at the first use, must name the same issuer, and is kept for an hour; one that can't be had fails the
/// operation and is not kept. The app authenticates as it is made, or, where the document does not list HTTP Basic but
/// `client_secret_post`, with that. `profile::id` is `sub`.
/// Entra's issuer is the tenant's own, with its GUID: the documents of `common` and `organizations` name none.
/// Throws `errc::invalid_argument` for an issuer that is not an https URL, or http on loopback, or has a query.
COAUTH_DECL std::shared_ptr<login_provider> oidc(std::shared_ptr<http::transport> transport, oauth2::app app,
    std::string issuer, oidc_options options = oidc_options(), std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
