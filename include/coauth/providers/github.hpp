// GitHub as a provider of logins.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/app.hpp>

#include <memory>
#include <string>

namespace coauth::providers {

/// Options of `github`.
struct github_options {
    github_options() = default;

    std::string login_base = "https://github.com";   ///< Of GitHub Enterprise Server: its own URL.
    std::string api_base = "https://api.github.com"; ///< There: the same with /api/v3.
    std::string scope = "read:user user:email";      ///< Without `user:email` the profile has no e-mail address.
};

/// GitHub as the provider "github". `profile::email` is the primary address, from a second request. Tokens of OAuth apps do not
/// expire; those of GitHub Apps are renewed. Signing out deletes the token, which takes the app's secret.
/// Throws `errc::invalid_argument` for bases that can't be used.
COAUTH_DECL std::shared_ptr<login_provider> github(std::shared_ptr<http::transport> transport, oauth2::app app,
    github_options options = github_options(), std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
