// A request as bytes.
#pragma once

#include <coauth/http/request.hpp>

#include <string>

namespace coauth::http {

/// The request as it goes on the wire, HTTP/1.1. `what` has passed `check_for_the_wire`.
std::string request_text(const request& what);

/// What an HTTP proxy is asked for a tunnel to `to`.
std::string connect_text(const origin& to);

} // namespace coauth::http
