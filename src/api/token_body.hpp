// The body of a response that has a token.
#pragma once

#include <string_view>

namespace coauth::api {

/// `body` without a byte order mark, for the protocol's parser; its media type does not matter. Throws
/// `errc::response_too_large` over 64 KiB, and `errc::malformed_response` for an HTML or XML page.
std::string_view token_body(std::string_view body);

} // namespace coauth::api
