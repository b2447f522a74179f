// Opens a connection: resolve, connect, tunnel, handshake.
#pragma once

#include "http/limit.hpp"

#include <coauth/http/origin.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace coauth::http {

class connection;
class watchdog;

/// Connects `line` to `to`, through `proxy` if there is one (never for plain http, which stays on
/// this machine). All addresses of the host are tried, in the resolver's order.
///
/// Throws `resolve_failed`, `connect_failed`, `tls_failed`, `connection_lost`, or `timeout` at
/// `until`. No byte of a request is written.
boost::asio::awaitable<void> dial(
    connection& line, const origin& to, const std::optional<origin>& proxy, limit until, watchdog& dog);

} // namespace coauth::http
