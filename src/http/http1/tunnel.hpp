// A tunnel through an HTTP proxy.
#pragma once

#include <coauth/http/origin.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth::http {

class connection;

/// Asks `proxy`, to which `connection` is connected, for a tunnel to `to` (RFC 9110, section 9.3.6). Throws
/// `errc::connect_failed`. All three must outlive the operation; closing the connection ends it.
boost::asio::awaitable<void> open_tunnel(connection& connection, const origin& to, const origin& proxy);

} // namespace coauth::http
