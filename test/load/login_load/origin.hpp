// A request's server: a scheme, a host and a port; and its source, an address of this machine.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace login_load {

/// A server on loopback.
struct origin {
    origin() = default;

    bool https = false;
    std::string host; ///< "127.0.0.1" or "localhost".
    std::uint16_t port = 0;

    /// "127.0.0.1:8080": the value of Host.
    std::string authority() const;
    /// "http://127.0.0.1:8080": the value of Origin.
    std::string text() const;
    boost::asio::ip::tcp::endpoint endpoint() const;

    friend bool operator==(const origin&, const origin&) = default;
};

/// A URL in two parts: the server and the target.
struct location {
    location() = default;

    origin server;
    std::string target; ///< "/path?query"
};

/// Reads an absolute URL, or a path on `base`. Throws `std::invalid_argument`.
location read_location(std::string_view url, const origin& base = origin());

/// Each kind of client has a network of its own, so that no kind uses up the limit of another kind's address.
enum class network : std::uint8_t { users = 1, idle = 2, slow = 3, flood = 4 };

/// The n-th address of a network, in 127.0.0.0/8: all of it is this machine.
boost::asio::ip::address_v4 source_address(network kind, std::size_t n);

} // namespace login_load
