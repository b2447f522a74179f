// Request parameters: names and values, decoded, in the order in which they came.
#pragma once

#include <coauth/error.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::oauth1 {

/// A decoded name and value. Names may repeat and may be empty; both count (RFC 5849, section 3.4.1.3).
using parameter = std::pair<std::string, std::string>;
using parameters = std::vector<parameter>;

/// Reads a query or an `application/x-www-form-urlencoded` body: `a=b&c` gives (a, b) and (c, empty).
/// Nothing between two `&` does not count as a parameter. Fails with `errc::invalid_argument` for a bad `%`.
COAUTH_DECL result<parameters> parse_form(std::string_view text);

/// Writes `name=value&...` with OAuth's percent-encoding, in the order given. What is written this
/// way is signed and sent as the same bytes.
COAUTH_DECL std::string encode_form(const parameters& list);

/// The value of the first parameter called `name`, or null.
COAUTH_DECL const std::string* find(const parameters& list, std::string_view name) noexcept;

/// How many parameters are called `name`.
COAUTH_DECL std::size_t count(const parameters& list, std::string_view name) noexcept;

/// Encodes, sorts by encoded name and then encoded value, and joins (section 3.4.1.3.2).
COAUTH_DECL std::string normalize(const parameters& list);

} // namespace coauth::oauth1
