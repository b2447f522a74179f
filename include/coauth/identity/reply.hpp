// What every response carries beside its value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coauth {

/// One rate-limit window, as the provider stated it. Each part is read on its own: what is missing, or not a whole
/// number, is empty.
struct rate_window {
    rate_window() = default;

    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> remaining;         ///< May be negative. At or below 0 the window is closed.
    std::optional<std::chrono::sys_seconds> reset; ///< By the provider's clock; from 1970 to 9999.
};

/// The windows that a response stated. A call may be refused by any of them.
struct rate_limits {
    rate_limits() = default;

    std::optional<rate_window> window;   ///< The ordinary one of this call and user.
    std::optional<rate_window> app_day;  ///< A day's, of all users of the app.
    std::optional<rate_window> user_day; ///< A day's, of this user.

    /// The provider's time when it responded (`Date`): resets count from here.
    std::optional<std::chrono::sys_seconds> at;
};

/// A value, and the rate-limit windows of the response it came in. Use it as the value it is:
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

} // namespace coauth
