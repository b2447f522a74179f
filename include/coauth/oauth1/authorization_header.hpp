// The Authorization header of OAuth 1.0a (RFC 5849, section 3.5.1), written and read.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The longest Authorization header that is read, in octets.
inline constexpr std::size_t max_authorization_header = 16'384;

/// `OAuth realm="...", a="b", ...` in the order given; `realm` only if set.
///
/// Names and values are percent-encoded. A realm is written as it is, with `"` and `\` escaped; a
/// control character in it becomes a space, so that no realm can end the header.
COAUTH_DECL std::string write_authorization_header(
    const parameters& list, std::optional<std::string_view> realm = std::nullopt);

/// Reads the header's value, decoded and in order, `realm` among the parameters. Strict: the scheme
/// in any case, `name="value"` separated by one comma and optional white space, quotes required, names
/// and values percent-encoded and nothing else (a realm as it is). With `lenient`, as X allows, quotes
/// may be missing, white space may surround the `=`, commas may repeat, and characters that needed no
/// encoding to be understood may stand as they are; a `+` is a plus in either case.
///
/// Fails with `errc::invalid_argument` for anything else, for a header without parameters, and over
/// `max_authorization_header`. Names may repeat; whether they may is for the caller to say.
COAUTH_DECL result<parameters> parse_authorization_header(std::string_view value, bool lenient = false);

/// True if `value` begins with the scheme `OAuth`, in any case.
COAUTH_DECL bool is_oauth_header(std::string_view value) noexcept;

} // namespace coauth::oauth1
