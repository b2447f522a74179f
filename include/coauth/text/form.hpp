// Forms: names and values, decoded, in the order in which they came.
#pragma once

#include <coauth/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::text {

/// Decoded names and values. Names may repeat and may be empty.
using form = std::vector<std::pair<std::string, std::string>>;

/// Reads a query or an `application/x-www-form-urlencoded` body: `a=b&c` gives (a, b) and (c, empty).
/// An empty text between two `&` is skipped. Fails with `errc::invalid_argument` for a bad `%`.
COAUTH_DECL result<form> parse_form(std::string_view text);

/// Takes the first name and value of `rest` off its front, still encoded: what `parse_form` reads. False if there is none.
COAUTH_DECL bool take_field(std::string_view& rest, std::string_view& name, std::string_view& value) noexcept;

/// The value of the first field called `name`, or null.
COAUTH_DECL const std::string* find(const form& fields, std::string_view name) noexcept;

/// How many fields are called `name`.
COAUTH_DECL std::size_t count(const form& fields, std::string_view name) noexcept;

} // namespace coauth::text
