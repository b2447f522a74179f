// Explains a bad signature: which part of the base string, the key or the signature differs, if one of
// the usual faults accounts for it.
#pragma once

#include "oauth1/claims.hpp"

#include <coauth/oauth1/signature_method.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// A request whose signature does not verify, and what it was checked with.
///
/// Lifetime: valid as long as what it was made of.
struct disputed {
    disputed(const claims& request, std::string_view body, const signature_algorithm& method,
        const secret& consumer_secret, const secret& token_secret)
        : request(request), body(body), method(method), consumer_secret(consumer_secret), token_secret(token_secret)
    {}

    const claims& request;
    std::string_view body;
    const signature_algorithm& method;
    const secret& consumer_secret;
    const secret& token_secret;
};

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

/// Tries the usual faults of clients one at a time, and a few that come in pairs.
finding explain_mismatch(const disputed& d);

} // namespace coauth::oauth1
