// Whether a request may go on the wire as it stands.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/request.hpp>

namespace coauth::http {

/// Fails with `errc::invalid_argument` for whatever could end a line early, move the end of the
/// message, or carry credentials in the open. Nothing is mended on the way: what was signed is what
/// is sent, or nothing is.
result<void> check_for_the_wire(const request& what);

} // namespace coauth::http
