// How the provider's two APIs write a time. Each reader is strict: one form, a day that exists, nothing
// before or after it.
#pragma once

#include <coauth/twitter/endpoints.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace coauth::twitter {

/// API 1.1's `created_at`: "Tue Dec 01 18:37:44 +0000 2009".
std::optional<std::chrono::sys_seconds> read_v1_1_date(std::string_view text);

/// API 2's `created_at`: "2013-12-14T04:35:55.000Z" (RFC 3339 in UTC); a fraction is cut off.
std::optional<std::chrono::sys_seconds> read_v2_date(std::string_view text);

/// As this API writes it.
std::optional<std::chrono::sys_seconds> read_date(api_version api, std::string_view text);

} // namespace coauth::twitter
