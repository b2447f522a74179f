#include "server/address_block.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <string>

namespace coauth::server {

namespace asio = boost::asio;

address_block::address_block(const asio::ip::address& address)
{
    if (address.is_v4()) {
        family_ = family::v4;
        bits_ = address.to_v4().to_uint();
        return;
    }
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        family_ = family::v4;
        bits_ = asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_uint();
        return;
    }
    family_ = family::v6;
    const auto bytes = v6.to_bytes();
    for (std::size_t i = 0; i < 8; ++i)
        bits_ = bits_ << 8 | bytes[i];
}

address_block address_block::of(std::string_view text)
{
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(std::string(text.substr(0, text.find('%'))), no_address);
    return no_address ? address_block() : address_block(address);
}

std::array<std::uint8_t, address_block::octet_count> address_block::octets() const noexcept
{
    std::array<std::uint8_t, octet_count> out{};
    out[0] = static_cast<std::uint8_t>(family_);
    for (std::size_t i = 0; i < 8; ++i)
        out[1 + i] = static_cast<std::uint8_t>(bits_ >> (56 - 8 * i));
    return out;
}

} // namespace coauth::server
