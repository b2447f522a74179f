// X's logins by OAuth 2.
#pragma once

#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/twitter/provider.hpp>

#include <memory>

namespace coauth::twitter {

/// All of a provider but `open`, which is X's own: its accounts look users up.
std::shared_ptr<login_provider> oauth2_logins(
    std::shared_ptr<http::transport> transport, oauth2::app app, const provider_options& options);

} // namespace coauth::twitter
