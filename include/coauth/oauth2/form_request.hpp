// A request to one of a provider's endpoints as a value.
#pragma once

#include <coauth/secret.hpp>

namespace coauth::oauth2 {

/// A POST with `Content-Type: application/x-www-form-urlencoded` and `Accept: application/json`. It is sent once: a code
/// and a refresh token are used up by it.
///
/// Thread safety: a value. Lifetime: owns its texts and wipes them.
struct form_request {
    form_request() = default;

    secret body;          ///< Encoded.
    secret authorization; ///< The value of the Authorization header; empty: none is sent.
};

} // namespace coauth::oauth2
