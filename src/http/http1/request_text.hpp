// Whether a request can be sent unchanged, and its octets.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/request.hpp>

#include <string>

namespace coauth::http {

/// Fails with `errc::invalid_argument` for a request that could end a line early, move the end of the
/// message, or carry credentials unencrypted. Nothing is corrected: what was signed is sent unchanged, or
/// nothing is sent.
result<void> check_for_the_wire(const request& request);

/// Appends the request as it goes on the wire, HTTP/1.1. `request` has passed `check_for_the_wire`.
void append_request_text(const request& request, std::string& out);

/// The request to an HTTP proxy for a tunnel to `to`.
std::string connect_text(const origin& to);

} // namespace coauth::http
