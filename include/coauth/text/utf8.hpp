// UTF-8 (RFC 3629): whether a text is that, what to do if it is not, and writing it.
#pragma once

#include <coauth/export.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace coauth::text {

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
COAUTH_DECL bool is_utf8(std::string_view text) noexcept;

/// The octets of the character that `text` begins with, 1 to 4; 0 if `text` is empty or begins with none that is
/// well-formed.
COAUTH_DECL std::size_t character_size(std::string_view text) noexcept;

/// How many characters a well-formed `text` has. In any other text, every octet that continues no character counts.
COAUTH_DECL std::size_t count_characters(std::string_view text) noexcept;

/// The longest beginning of `text` that has at most `limit` octets and cuts no character in two.
COAUTH_DECL std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

/// `text` without U+FEFF at its beginning, which some servers put before JSON.
COAUTH_DECL std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// U+FFFD, which stands for what is not Unicode.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

/// Takes the first character off `text`, which is not empty. Gives `replacement_character` for what is
/// malformed; as the Unicode standard recommends (section 3.9), the beginning of a character counts once
/// and every other malformed octet by itself.
COAUTH_DECL std::string_view take_character(std::string_view& text) noexcept;

/// `text` with `replacement_character` for each part that is malformed.
COAUTH_DECL std::string as_utf8(std::string_view text);

/// Appends the character U+`code` to `out`. A surrogate is written as it is, in three octets; of what is above U+1FFFFF
/// the lowest 21 bits count.
COAUTH_DECL void append_character(char32_t code, std::string& out);

} // namespace coauth::text
