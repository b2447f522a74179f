// The value of the Date header.
#pragma once

#include <chrono>
#include <string>

namespace coauth::server {

/// IMF-fixdate (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". Fractions of a second are
/// cut off; years are those of four digits.
std::string http_date(std::chrono::system_clock::time_point at);

} // namespace coauth::server
