// An app of OAuth 2 from environment variables.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth2/app.hpp>

#include <string_view>

namespace coauth::providers {

/// The app at the provider `name`: COAUTH_NAME_CLIENT_ID and COAUTH_NAME_CLIENT_SECRET, with the name in capitals and `_` for
/// what is not a letter or digit. Without a secret it is a public client. Throws `errc::invalid_argument` without an ID,
/// and where either has something around it that was copied with it, such as quotes.
COAUTH_DECL oauth2::app app_from_environment(std::string_view name);

} // namespace coauth::providers
