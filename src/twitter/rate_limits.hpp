// X's rate limits, from the headers of a response.
#pragma once

#include <coauth/http/fields.hpp>
#include <coauth/identity/reply.hpp>

#include <chrono>

namespace coauth::twitter {

/// Reads the windows and the date: `x-rate-limit-*` (usually 15 minutes), `x-app-limit-24hour-*` and
/// `x-user-limit-24hour-*`. A window none of whose headers is there is empty. `now`: as for `http::read_date`.
rate_limits read_rate_limits(const http::fields& headers, std::chrono::sys_seconds now);

} // namespace coauth::twitter
