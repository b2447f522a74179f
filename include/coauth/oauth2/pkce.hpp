// Proof Key for Code Exchange (RFC 7636): a code is of use only to the app that asked for it.
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// The one method that is used: the challenge is the SHA-256 of the verifier (section 4.2).
inline constexpr std::string_view code_challenge_method = "S256";

/// 43 to 128 letters, digits and `-._~` (section 4.1).
COAUTH_DECL bool is_code_verifier(std::string_view text) noexcept;

/// A new verifier for one login: 256 bits of the system's generator in 43 characters. Throws `errc::invalid_argument` if
/// the generator gives none.
COAUTH_DECL secret random_code_verifier();

/// The S256 challenge of a verifier, 43 characters of base64url without padding (section 4.2).
COAUTH_DECL std::string code_challenge(std::string_view verifier);

/// True for what `code_challenge` can give.
COAUTH_DECL bool is_code_challenge(std::string_view text) noexcept;

/// The provider's side (section 4.6): true if `verifier` is valid and `challenge` is its S256 challenge. Compares in a
/// time that does not depend on where they differ.
COAUTH_DECL bool matches_code_challenge(std::string_view verifier, std::string_view challenge);

} // namespace coauth::oauth2
