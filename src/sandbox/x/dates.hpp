// Dates as the provider writes them; pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// "2026-11-24T13:00:00.000Z": API 2.
std::string iso8601(std::chrono::sys_seconds when);

/// "Tue Dec 01 18:37:44 +0000 2009": API 1.1.
std::string api_1_1_date(std::chrono::sys_seconds when);

/// Reads "2026-11-24T13:00:00Z", with or without a fraction of a second; nothing else.
std::optional<std::chrono::sys_seconds> parse_iso8601(std::string_view text);

} // namespace coauth::sandbox
