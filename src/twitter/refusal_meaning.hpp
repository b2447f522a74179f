// What a refusal means: the provider's codes, problem types and words as coauth's own codes.
#pragma once

#include "twitter/refusal.hpp"

#include <coauth/error.hpp>

#include <string>

namespace coauth::twitter {

/// What was being done when the provider refused; the same words mean different things.
enum class step {
    request_token, ///< Leg 1: the app's credentials only.
    access_token,  ///< Leg 3: the app's and the login's.
    call,          ///< Anything after the login.
};

struct meaning {
    meaning() = default;
    meaning(errc code, std::string_view hint) : code(code), hint(hint) {}

    errc code = errc::provider_error;
    std::string hint; ///< Empty if there is nothing useful to say.
};

/// By the provider's code first, then its problem type, then its words, then the HTTP status.
meaning meaning_of(const refusal& said, int status, step at);

} // namespace coauth::twitter
