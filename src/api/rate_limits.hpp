// The rate limits that a response states in its headers.
#pragma once

#include <coauth/http/fields.hpp>
#include <coauth/identity/reply.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace coauth::api {

/// The window of the headers `prefix` and "limit", "remaining" or "reset", whose time is in seconds since 1970. Empty if none
/// of them is there. `prefix` ends with a hyphen.
std::optional<rate_window> read_rate_window(const http::fields& headers, std::string_view prefix);

/// `x-ratelimit-*` as the ordinary window, which GitHub, Auth0 and others send, and the date. `now`: as for `http::read_date`.
rate_limits read_common_limits(const http::fields& headers, std::chrono::sys_seconds now);

/// True if nothing is left of it.
bool is_used_up(const std::optional<rate_window>& window);

} // namespace coauth::api
