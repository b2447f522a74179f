// The block of an address: the unit in which clients are counted.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coauth::server {

/// One IPv4 address, or the IPv6 /64 that one customer of a provider has: a customer can connect from any of its
/// addresses, so they are counted together.
///
/// Ordered, so that it can be kept in a tree: with a hash the owner of many blocks could choose ones
/// that collide.
class address_block {
public:
    /// The block of text that is not an address.
    address_block() = default;

    /// An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
    explicit address_block(const boost::asio::ip::address& address);

    /// Of the address in text, with or without a zone (`fe80::1%eth0`) but without a port.
    static address_block of(std::string_view text);

    /// The same for equal blocks only.
    static constexpr std::size_t octet_count = 9;
    std::array<std::uint8_t, octet_count> octets() const noexcept;

    friend auto operator<=>(const address_block&, const address_block&) = default;

private:
    enum class family : std::uint8_t { none, v4, v6 };

    family family_ = family::none;
    std::uint64_t bits_ = 0;
};

} // namespace coauth::server
