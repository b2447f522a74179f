// Whether a text is UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace coauth::twitter {

/// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

/// The longest beginning of `text` that has at most `limit` octets and cuts no character in two.
std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

} // namespace coauth::twitter
