// Facebook as a provider of logins.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/app.hpp>

#include <memory>
#include <string>

namespace coauth::providers {

/// Options of `facebook`.
struct facebook_options {
    facebook_options() = default;

    std::string dialog_base = "https://www.facebook.com";
    std::string graph_base = "https://graph.facebook.com";
    std::string version = "v25.0"; ///< Of the Graph API; each is supported for about two years.
    std::string scope = "public_profile email";
};

/// Facebook as the provider "facebook". `profile::id` is the user's for this app only; there are no user names. The app's secret
/// is sent in a body, never in a URL; requests with a token have `appsecret_proof`. Tokens last about 60 days and can't be
/// renewed: `login_required` comes then.
/// Throws `errc::invalid_argument` for bases or a version that can't be used.
COAUTH_DECL std::shared_ptr<login_provider> facebook(std::shared_ptr<http::transport> transport, oauth2::app app,
    facebook_options options = facebook_options(), std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
