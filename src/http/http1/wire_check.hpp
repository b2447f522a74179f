// Whether a request can be sent unchanged.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/request.hpp>

namespace coauth::http {

/// Fails with `errc::invalid_argument` for a request that could end a line early, move the end of the
/// message, or carry credentials unencrypted. Nothing is corrected: what was signed is sent unchanged, or
/// nothing is sent.
result<void> check_for_the_wire(const request& request);

} // namespace coauth::http
