// A request as octets.
#pragma once

#include <coauth/http/request.hpp>

#include <string>

namespace coauth::http {

/// Appends the request as it goes on the wire, HTTP/1.1. `request` has passed `check_for_the_wire`.
void append_request_text(const request& request, std::string& out);

/// The request to an HTTP proxy for a tunnel to `to`.
std::string connect_text(const origin& to);

} // namespace coauth::http
