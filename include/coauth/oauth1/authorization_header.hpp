// The Authorization header of OAuth 1.0a (RFC 5849, section 3.5.1), written and read.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// `OAuth realm="...", a="b", ...` in the order given; `realm` is left out when empty.
COAUTH_DECL std::string write_authorization_header(const parameters& list, std::string_view realm = {});

/// Reads the header's value, decoded and in order, `realm` among the parameters. Strict: the scheme
/// in any case, `name="value"` separated by commas and optional white space, quotes required, names
/// and values percent-encoded (a realm as it is). With `lenient`, quotes may be missing, as X allows.
/// Fails with `errc::invalid_argument`.
COAUTH_DECL result<parameters> parse_authorization_header(std::string_view value, bool lenient = false);

/// True if `value` begins with the scheme `OAuth`, in any case.
COAUTH_DECL bool is_oauth_header(std::string_view value) noexcept;

} // namespace coauth::oauth1
