#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "server/address_block.hpp"
#include "text/hex.hpp"

#include <coauth/error.hpp>
#include <coauth/site/address_token.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace coauth::site {

using std::chrono::seconds;

namespace {

constexpr std::size_t time_digits = 16;
constexpr std::size_t mac_octets = 16; // of SHA-256's 32

secret random_key()
{
    std::string octets(32, '\0');
    crypto::fill_random(octets.data(), octets.size());
    return secret(std::move(octets));
}

// The time that a token claims.
std::optional<seconds> time_of(std::string_view token)
{
    std::uint64_t time = 0;
    const char* const end = token.data() + std::min(token.size(), time_digits);
    const auto read = std::from_chars(token.data(), end, time, 16);
    if (read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    return seconds(static_cast<seconds::rep>(time));
}

seconds since_start(std::chrono::steady_clock::time_point time)
{
    return std::chrono::floor<seconds>(time.time_since_epoch());
}

} // namespace

address_tokens::address_tokens(seconds lifetime) : key_(random_key()), lifetime_(lifetime)
{
    if (lifetime < seconds(1))
        throw error(errc::invalid_argument, "the lifetime of an address token is less than 1 s");
}

std::string address_tokens::issue(std::string_view address, time_point now) const
{
    return token_of(address, since_start(now));
}

std::optional<seconds> address_tokens::age(std::string_view token, std::string_view address, time_point now) const
{
    const auto issued = time_of(token);
    // Only the one way of writing it is equal.
    if (!issued || !equal_in_constant_time(token, token_of(address, *issued)))
        return std::nullopt;
    // Another thread's clock may have been read a moment later.
    const seconds passed = std::max(since_start(now) - *issued, seconds(0));
    return passed < lifetime_ ? std::optional(passed) : std::nullopt;
}

std::string address_tokens::token_of(std::string_view address, seconds issued) const
{
    std::array<unsigned char, 8 + server::address_block::octet_count> text{};
    const auto time = static_cast<std::uint64_t>(issued.count());
    for (std::size_t i = 0; i < 8; ++i)
        text[i] = static_cast<unsigned char>(time >> (56 - 8 * i));
    const auto block = server::address_block::of(address).octets();
    std::copy(block.begin(), block.end(), text.begin() + 8);

    const crypto::digest mac = crypto::hmac(crypto::hash_named("SHA256"), key_.reveal(),
        std::string_view(reinterpret_cast<const char*>(text.data()), text.size()));

    std::string out;
    out.reserve(time_digits + 2 * mac_octets);
    for (std::size_t i = 0; i < 8; ++i)
        text::append_hex(text[i], out);
    for (std::size_t i = 0; i < mac_octets; ++i)
        text::append_hex(mac.octets[i], out);
    return out;
}

} // namespace coauth::site
