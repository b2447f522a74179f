#include "crypto/random.hpp"

#include <coauth/oauth1/message.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace coauth::oauth1 {

void moment::renew(std::int64_t new_timestamp)
{
    std::array<unsigned char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size());
    // Both digits of an octet at once, in words without a branch or a table: many octets at once, and the nonce is written in as
    // few pieces as it is read in.
    std::array<std::uint16_t, 16> digits{};
    constexpr unsigned first = std::endian::native == std::endian::little ? 0 : 8; // where the digit in front lies
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const unsigned octet = octets[i];
        const unsigned halves = (octet >> 4) << first | (octet & 15) << (8 - first);
        const unsigned letters = (halves + 0x0606) >> 4 & 0x0101;
        digits[i] = static_cast<std::uint16_t>(halves + 0x3030 + letters * ('a' - '9' - 1));
    }
    nonce.resize(sizeof digits);
    std::memcpy(nonce.data(), digits.data(), sizeof digits);
    timestamp = new_timestamp;
}

std::string random_nonce()
{
    moment at;
    at.renew(0);
    return std::move(at.nonce);
}

} // namespace coauth::oauth1
