// Explains a bad signature: which part of the base string, the key or the signature differs, if one of
// the usual faults accounts for it.
#pragma once

#include "oauth1/claims.hpp"

#include <coauth/oauth1/signature_method.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

struct finding {
    finding() = default;
    finding(std::string sentence, std::size_t tries) : sentence(std::move(sentence)), tries(tries) {}

    std::string sentence;  ///< Without a full stop; holds no secret, token or signature.
    std::size_t tries = 0; ///< How many signatures were checked: at most `max_tries`.
};

/// The bound on the work of one explanation.
inline constexpr std::size_t max_tries = 100;

/// Base strings longer than this are not explained.
inline constexpr std::size_t max_explained = 65'536;

/// Tries the usual faults of clients one at a time, and a few that come in pairs. `c`: of a request whose signature does not verify
/// with the method and the secrets.
finding explain_mismatch(
    const claims& c, const signature_algorithm& method, const secret& consumer_secret, const secret& token_secret);

} // namespace coauth::oauth1
