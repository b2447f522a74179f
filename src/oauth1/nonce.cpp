#include "crypto/random.hpp"
#include "text/hex.hpp"

#include <coauth/oauth1/message.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace coauth::oauth1 {

namespace {

// Both digits of an octet, in the order of this machine's memory.
constexpr auto digits_of_octets = [] {
    std::array<std::uint16_t, 256> table{};
    for (std::size_t octet = 0; octet < table.size(); ++octet)
        table[octet] = std::bit_cast<std::uint16_t>(
            std::array{text::lower_hex_digits[octet >> 4], text::lower_hex_digits[octet & 15]});
    return table;
}();

} // namespace

void moment::renew(std::int64_t new_timestamp)
{
    std::array<unsigned char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size());
    nonce.resize(2 * octets.size());
    // Digits written two at a time would hold up the copying of the nonce, which is many at a time.
    char* out = nonce.data();
    for (std::size_t i = 0; i < octets.size(); i += 4) {
        const std::array eight = {digits_of_octets[octets[i]], digits_of_octets[octets[i + 1]],
            digits_of_octets[octets[i + 2]], digits_of_octets[octets[i + 3]]};
        const auto word = std::bit_cast<std::uint64_t>(eight);
        std::memcpy(out, &word, sizeof word);
        out += sizeof word;
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
