// What every answer carries beside its value.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/fields.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coauth::twitter {

/// One rate-limit window, as the headers told it. Each is read on its own: what is missing, or not a whole
/// number, is empty.
struct rate_window {
    rate_window() = default;

    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> remaining;         ///< May be negative. At or below 0 the window is closed.
    std::optional<std::chrono::sys_seconds> reset; ///< By the provider's clock; from 1970 to 9999.
};

/// The windows a reply told of: those with any header. A call may be refused by any of them.
struct rate_limits {
    rate_limits() = default;

    std::optional<rate_window> window;   ///< `x-rate-limit-*`: usually 15 minutes.
    std::optional<rate_window> app_day;  ///< `x-app-limit-24hour-*`
    std::optional<rate_window> user_day; ///< `x-user-limit-24hour-*`

    /// The provider's time when it answered (`Date`): resets count from here.
    std::optional<std::chrono::sys_seconds> at;
};

/// Reads the windows and the date. A window none of whose headers is there is empty. `now`: as for
/// `http::read_date`.
COAUTH_DECL rate_limits read_rate_limits(const http::fields& headers, std::chrono::sys_seconds now);

/// A value, and the rate-limit windows of the answer it came in. Use it as the value it is:
///
///     auto me = co_await user.me();
///     std::cout << me.name << ' ' << me.id;
///     if (me.limits.window && me.limits.window->remaining == 0)
///         ...
template <class T>
struct reply : T {
    reply() = default;
    reply(T value, rate_limits new_limits) : T(std::move(value)), limits(new_limits) {}

    rate_limits limits;
};

} // namespace coauth::twitter
