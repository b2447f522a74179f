// A response as a value.
#pragma once

#include <coauth/http/fields.hpp>

#include <string>

namespace coauth::http {

/// A whole response: not an interim (1xx) one, and never cut short.
///
/// Thread safety: a value. Lifetime: owns its parts.
struct response {
    response() = default;

    int status = 0;
    fields headers;
    std::string body;
};

} // namespace coauth::http
