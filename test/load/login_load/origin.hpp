// Where a request goes: a scheme, a host and a port, and an address of this machine to come from.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace login_crowd {

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

/// A URL in two: whose it is, and what is asked of them.
struct location {
    location() = default;

    origin where;
    std::string target; ///< "/path?query"
};

/// Reads an absolute URL, or a path on `base`. Throws `std::invalid_argument`.
location read_location(std::string_view url, const origin& base = origin());

/// Each kind of client has a network of its own, so that no kind spends what an address may of another.
enum class network : std::uint8_t { people = 1, idle = 2, slow = 3, flood = 4 };

/// The n-th address of a network, in 127.0.0.0/8: all of it is this machine.
boost::asio::ip::address_v4 source_address(network which, std::size_t n);

} // namespace login_crowd
