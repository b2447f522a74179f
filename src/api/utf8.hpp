// Whether a text is UTF-8, and what to do if it is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::api {

/// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

/// The longest beginning of `text` that has at most `limit` octets and cuts no character in two.
std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

/// `text` without U+FEFF at its beginning, which some servers put before JSON.
std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// U+FFFD, which stands for what is not Unicode.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

/// Takes the first character off `text`, which is not empty. Gives `replacement_character` for what is
/// malformed; as the Unicode standard recommends (section 3.9), the beginning of a character counts once
/// and every other malformed octet by itself.
std::string_view take_character(std::string_view& text) noexcept;

} // namespace coauth::api
