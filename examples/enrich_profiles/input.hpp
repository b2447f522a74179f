// One input of IN, and the user it means.
#pragma once

#include <coauth/error.hpp>
#include <coauth/identity/user_ref.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace enrich {

/// The most octets kept of an input: a longer one can't be a name.
inline constexpr std::size_t longest_input = 1024;

inline constexpr std::size_t names_in_a_request = 100;

struct input {
    input() = default;

    std::uint64_t number = 0;    ///< From 0.
    std::uint64_t end = 0;       ///< How much of IN has been read once this input ends, in octets.
    std::uint64_t line = 0;      ///< The line of IN where it begins, from 1; 0: not known.
    std::uint64_t last_line = 0; ///< The line of IN where it ends.
    std::string text;            ///< As it stood, white space included; UTF-8 in every case.
    std::string fault;           ///< What is wrong with it already as a text; empty: nothing.
};

/// What a text of digits is.
enum class naming { digits_are_ids, names, ids };

/// The user an input means. White space around it and an @ before a name are left out. Fails with
/// `invalid_argument` for what can be no name or id, and says in which line of IN it is.
coauth::result<coauth::user_ref> user_of(const input& given, naming by);

/// ASCII white space, line ends included.
bool is_blank(char c) noexcept;

/// `text` without white space around it.
std::string_view trimmed(std::string_view text) noexcept;

/// `text` with U+FFFD for every octet that does not belong to well-formed UTF-8 (RFC 3629).
std::string as_utf8(std::string_view text);

/// The first 100 octets of `text` as a JSON string, so that no file harms a terminal.
std::string quoted_text(std::string_view text);

} // namespace enrich
