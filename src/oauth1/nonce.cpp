#include "crypto/random.hpp"
#include "text/hex.hpp"

#include <coauth/oauth1/message.hpp>

#include <array>
#include <cstddef>

namespace coauth::oauth1 {

void moment::renew(std::int64_t new_timestamp)
{
    std::array<unsigned char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size());
    nonce.resize(2 * octets.size());
    char* out = nonce.data();
    for (const unsigned char octet : octets) {
        *out++ = text::lower_hex_digits[octet >> 4];
        *out++ = text::lower_hex_digits[octet & 15];
    }
    timestamp = new_timestamp;
}

std::string random_nonce()
{
    moment at;
    at.renew(0);
    return std::move(at.nonce);
}

} // namespace coauth::oauth1
