// base64 and base64url (RFC 4648, sections 4 and 5).
#pragma once

#include <coauth/error.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::text {

/// Appends the octets in base64 to `out`.
COAUTH_DECL void base64_encode(std::span<const unsigned char> octets, std::string& out);
COAUTH_DECL std::string base64_encode(std::span<const unsigned char> octets);
COAUTH_DECL std::string base64_encode(std::string_view octets);

/// Appends the octets in base64url to `out`, without padding.
COAUTH_DECL void base64url_encode(std::span<const unsigned char> octets, std::string& out);
COAUTH_DECL std::string base64url_encode(std::string_view octets);

/// `base64` without the `=` at its end.
constexpr std::string_view without_padding(std::string_view base64) noexcept
{
    return base64.substr(0, base64.find_last_not_of('=') + 1);
}

/// What the bits behind the last whole octet may be. An encoder leaves them zero.
enum class tail_bits { zero, any };

/// Strict: another alphabet, white space, padding that is missing or not at the end, and over 1 MiB fail with
/// `errc::invalid_argument`; so do tail bits that may not be what they are. With `tail_bits::zero` only the one text that
/// encodes these octets is accepted.
COAUTH_DECL result<std::vector<unsigned char>> base64_decode(std::string_view text, tail_bits tail = tail_bits::zero);

} // namespace coauth::text
