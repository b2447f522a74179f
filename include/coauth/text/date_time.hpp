// A time as text.
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <string>

namespace coauth::text {

/// "2026-11-28T13:00:00Z" (RFC 3339, in UTC). For years from 0 to 9999.
COAUTH_DECL std::string date_time(std::chrono::sys_seconds time);

} // namespace coauth::text
