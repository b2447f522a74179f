// base64 (RFC 4648, section 4) through OpenSSL.
#pragma once

#include <coauth/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// Appends the octets in base64 to `out`.
void base64_encode(const unsigned char* octets, std::size_t size, std::string& out);

/// Strict: only the one text that encodes these octets is accepted. Wrong length, other alphabets
/// and tail bits that are not zero fail with `errc::invalid_argument`.
result<std::vector<unsigned char>> base64_decode(std::string_view text);

} // namespace coauth::oauth1
