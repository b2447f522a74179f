#include "crypto/random.hpp"
#include "text/hex.hpp"

#include <coauth/oauth1/message.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace coauth::oauth1 {

namespace {

constexpr auto digits_of_octets = [] {
    std::array<std::array<char, 2>, 256> table{};
    for (std::size_t octet = 0; octet < table.size(); ++octet)
        table[octet] = {text::lower_hex_digits[octet >> 4], text::lower_hex_digits[octet & 15]};
    return table;
}();

} // namespace

void moment::renew(std::int64_t new_timestamp)
{
    std::array<unsigned char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size());
    nonce.resize(2 * octets.size());
    char* out = nonce.data();
    for (const unsigned char octet : octets)
        out = std::copy_n(digits_of_octets[octet].begin(), 2, out);
    timestamp = new_timestamp;
}

std::string random_nonce()
{
    moment at;
    at.renew(0);
    return std::move(at.nonce);
}

} // namespace coauth::oauth1
