// What an authorization request carries so that its response can be recognized.
#pragma once

#include <coauth/export.hpp>

#include <string>

namespace coauth::oauth2 {

/// A new `state` (RFC 6749, section 10.12): 256 bits of the system's generator in 43 characters of base64url. Throws
/// `errc::invalid_argument` if the generator gives none.
COAUTH_DECL std::string random_state();

/// A new `nonce` (OpenID Connect Core, section 3.1.2.1), made as a `state` is. It comes back in the ID token.
COAUTH_DECL std::string random_nonce();

} // namespace coauth::oauth2
