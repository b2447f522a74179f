// Google as a provider of logins.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/app.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coauth::providers {

/// Options of `google`.
struct google_options {
    google_options() = default;

    std::string issuer = "https://accounts.google.com"; ///< A sandbox's, in a test.
    std::string scope = "openid email profile";

    /// Asks for a refresh token (`access_type=offline`). Google gives one at the first consent only: for another, begin the
    /// login with `ask_again`.
    bool offline = true;

    /// The domain of a Google Workspace: only its users can sign in, which the ID token's `hd` is checked for. Empty: anyone.
    std::string hosted_domain;

    std::chrono::seconds leeway{60}; ///< How far this machine's clock and Google's may differ.

    std::vector<std::string> api_bases = {"https://www.googleapis.com"}; ///< Where else the access token may be sent.
};

/// Google as the provider "google": OpenID Connect by discovery. `profile::id` is `sub`; there are no user names.
/// Throws `errc::invalid_argument` for an issuer that is not an https URL.
COAUTH_DECL std::shared_ptr<login_provider> google(std::shared_ptr<http::transport> transport, oauth2::app app,
    google_options options = google_options(), std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
