// Host names to addresses, without waiting for a resolver that hangs.
#pragma once

#include "http/limit.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace coauth::http {

/// The addresses of `host`, which may be an address itself. Throws `errc::resolve_failed`, or
/// `errc::timeout` at `until`: the system's resolver can't be interrupted, so it is left to end on
/// its own. Call it on a strand.
boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>> resolve(
    std::string host, std::uint16_t port, limit until);

} // namespace coauth::http
