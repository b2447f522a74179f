// Host names to addresses, without waiting for a resolver that hangs.
#pragma once

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace coauth::http {

/// The addresses of `host`, which may be an address itself. Throws `errc::resolve_failed`, or `errc::cancelled` once
/// `end` is fired: the system's resolver can't be interrupted, so it is left to end on its own. Call it on a strand.
boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>> resolve(
    std::string host, std::uint16_t port, std::shared_ptr<one_shot> end);

} // namespace coauth::http
