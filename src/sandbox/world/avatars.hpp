// Draws users's pictures, so that the URLs in profiles lead somewhere.
#pragma once

#include <coauth/server/http_server.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// A PNG of `size` x `size` pixels: a pattern that is the same each time for the same number.
std::string draw_avatar(std::uint64_t number, unsigned size);

/// The response to /profile_images/:id/:file; the file's suffix is the size: `_mini` 24, `_normal` 48,
/// `_bigger` 73, none 400.
server::response avatar_response(std::string_view id, std::string_view file);

} // namespace coauth::sandbox
