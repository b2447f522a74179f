// The dates of HTTP (RFC 9110, section 5.6.7).
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", for years from 0 to 9999.
COAUTH_DECL std::string write_date(std::chrono::sys_seconds time);

/// Reads a date in any of the forms that a recipient must accept:
///
///     Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
///     Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
///     Sun Nov  6 08:49:37 1994          asctime
///
/// `UTC` and `+0000` count as GMT, the day may have one digit, letters may have either case, and blanks
/// around it do not matter. Empty for everything else, for another time zone, for a day that does not exist
/// and for one that is not on the weekday named.
///
/// `now`: decides what a year of two digits is: at most 50 years after it.
COAUTH_DECL std::optional<std::chrono::sys_seconds> read_date(std::string_view text, std::chrono::sys_seconds now);

} // namespace coauth::http
