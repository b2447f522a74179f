// PKCE on the provider's side (RFC 7636).
#pragma once

#include "sandbox/oauth2/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// Why an authorization request's challenge can't be used, or nothing. S256 is demanded.
std::optional<refusal> challenge_refusal(std::string_view challenge, std::string_view method);

/// Why a token request's verifier is refused, or nothing. A verifier for a code without a challenge is refused: a
/// downgrade (RFC 9700, section 4.8.2).
std::optional<refusal> proof_refusal(std::string_view challenge, const std::optional<std::string>& verifier);

} // namespace coauth::sandbox
