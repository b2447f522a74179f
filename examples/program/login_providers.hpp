// Providers of logins, made of the flags.
#pragma once

#include "program/provider_choice.hpp"

#include <coauth/identity/login_provider.hpp>
#include <coauth/twitter/client.hpp>

#include <memory>
#include <string>
#include <vector>

namespace program {

/// The provider, with the app's keys from the environment, or of the sandbox inside this program. Throws
/// `errc::invalid_argument` for bases or keys that can't be used.
std::shared_ptr<coauth::login_provider> login_provider_of(
    const network& connections, const login_flags& flags, const provider_choice& choice);

/// The same of several.
std::vector<std::shared_ptr<coauth::login_provider>> login_providers_of(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices);

/// X's client as the flags ask for it, or the default if X is none of the choices.
coauth::twitter::client_options x_options_of(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices);

/// The sources of a Content-Security-Policy that browsers go to when they sign in with one of these.
std::string login_sources(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices);

} // namespace program
