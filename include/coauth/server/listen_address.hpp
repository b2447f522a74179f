// Where a server listens, as a flag says it.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::server {

/// An IP address and a port, as in `server_options`.
struct COAUTH_DECL listen_address {
    listen_address() = default;

    std::string address = "127.0.0.1"; ///< Without brackets.
    std::uint16_t port = 0;            ///< 0: the kernel chooses.

    /// Reads "127.0.0.1:8080" or "[::1]:0". Fails with `errc::invalid_argument`.
    static result<listen_address> parse(std::string_view text);

    /// True for 127.0.0.0/8 and ::1: no other machine can connect.
    bool is_loopback() const noexcept;
};

} // namespace coauth::server
