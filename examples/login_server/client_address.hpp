// Who is at the other end, proxies aside.
#pragma once

#include <coauth/server/http_server.hpp>

#include <string>

namespace login_server {

/// The address limits are counted by: the peer's or, if the peer is `proxy`, the last one in its
/// X-Forwarded-For, which is what the proxy itself saw; what stands before that anybody may have written.
/// `proxy`: an IP address, or empty if there is none.
std::string client_address(const coauth::server::request& r, const std::string& proxy);

} // namespace login_server
