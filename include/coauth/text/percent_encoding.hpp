// Percent-encoding (RFC 3986, section 2.1) as OAuth 1.0a wants it (RFC 5849, section 3.6): stricter than URLs and forms
// are.
#pragma once

#include <coauth/error.hpp>

#include <string>
#include <string_view>

namespace coauth::text {

/// Appends `text` to `out`. Letters, digits and `-._~` stay; every other octet becomes `%XX` with
/// upper-case digits, the space too.
COAUTH_DECL void percent_encode(std::string_view text, std::string& out);
COAUTH_DECL std::string percent_encode(std::string_view text);

/// Undoes `%XX`, in either case. A `%` that no two hex digits follow is `errc::invalid_argument`.
COAUTH_DECL result<std::string> percent_decode(std::string_view text);

/// The same, and `+` is a space: how a query and a form body are written (RFC 5849, section 3.4.1.3.1).
COAUTH_DECL result<std::string> form_decode(std::string_view text);

} // namespace coauth::text
