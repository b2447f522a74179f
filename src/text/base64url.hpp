// base64url as JOSE has it (RFC 7515, section 2): without padding, and canonical.
#pragma once

#include "text/base64.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::text {

/// The octets; nothing for padding, another alphabet, white space, or tail bits that are not zero.
inline std::optional<std::string> decode_base64url(std::string_view text)
{
    if (text.find_first_of("+/=") != std::string_view::npos)
        return std::nullopt;
    std::string base64(text);
    std::replace(base64.begin(), base64.end(), '-', '+');
    std::replace(base64.begin(), base64.end(), '_', '/');
    base64.append((4 - base64.size() % 4) % 4, '=');
    const auto octets = base64_decode(base64);
    if (!octets)
        return std::nullopt;
    return std::string(octets->begin(), octets->end());
}

} // namespace coauth::text
