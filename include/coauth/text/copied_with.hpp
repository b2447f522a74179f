// What was copied along with a key.
#pragma once

#include <coauth/export.hpp>

#include <string_view>

namespace coauth::text {

/// What surrounds a key or secret because it was copied along with it: "quotation marks", "a blank", "a byte order
/// mark". Empty if nothing does. Protocols allow such keys, but no provider is known to issue them.
COAUTH_DECL std::string_view copied_with(std::string_view text) noexcept;

} // namespace coauth::text
