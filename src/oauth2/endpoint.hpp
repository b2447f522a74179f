// Where credentials may be sent.
#pragma once

#include <string_view>

namespace coauth::oauth2 {

/// True for an absolute https URL, or one of http to a loopback address, without user information and without a fragment:
/// what a provider may name as an endpoint. Only printable ASCII without backslashes, quotes and angle brackets.
bool is_endpoint(std::string_view url) noexcept;

/// The same without a query (RFC 8414, section 2).
bool is_issuer(std::string_view url) noexcept;

} // namespace coauth::oauth2
