// The address a desktop app asks the provider to send the browser back to.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::server {

/// A callback URL in its parts.
struct loopback_url {
    loopback_url() = default;

    std::string host;    ///< As written: "127.0.0.1", "localhost", "[::1]".
    std::string address; ///< What to listen on: an IP address.
    std::uint16_t port = 0;
    std::string path;  ///< Encoded; begins with `/`.
    std::string query; ///< Encoded; with its `?`, or empty.

    /// The URL with `actual_port` in place of its own.
    std::string with_port(std::uint16_t actual_port) const;
};

/// Fails with `errc::invalid_argument` for anything but `http://` + a loopback address or localhost +
/// `:PORT` + `/PATH`, and perhaps a query.
result<loopback_url> parse_loopback_url(std::string_view url);

} // namespace coauth::server
