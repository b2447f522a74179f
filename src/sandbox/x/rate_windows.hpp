// Counts calls in fixed windows, per route, by user and by app.
#pragma once

#include "sandbox/x/routes.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace coauth::sandbox {

/// One window as a client sees it in the headers.
struct rate_bucket {
    rate_bucket() = default;

    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    std::chrono::sys_seconds reset{};
};

struct rate_verdict {
    rate_verdict() = default;

    bool allowed = true;
    std::optional<rate_bucket> window;   ///< x-rate-limit-*
    std::optional<rate_bucket> user_day; ///< x-user-limit-24hour-*
    std::optional<rate_bucket> app_day;  ///< x-app-limit-24hour-*
};

/// A window begins with its first call. A call that any window refuses is counted in none.
///
/// Thread safety: not safe; the provider guards it.
class rate_windows {
public:
    explicit rate_windows(std::chrono::seconds window) : window_(window) {}

    /// `user`: the id of the user for whom the app calls, with any token; empty if it calls for itself.
    rate_verdict take(const route& r, const route_limit& limit, std::string_view consumer_key, std::string_view user,
        std::chrono::sys_seconds now);

    void clear() { counts_.clear(); }

private:
    enum class kind { user, app, user_day, app_day };
    using key = std::tuple<const route*, kind, std::string>;
    struct count {
        std::chrono::sys_seconds begin{};
        std::chrono::seconds length{};
        std::int64_t calls = 0;
    };

    count& current(
        const route& r, kind scope, std::string_view owner, std::chrono::seconds length, std::chrono::sys_seconds now);
    void forget_old(std::chrono::sys_seconds now);

    std::chrono::seconds window_;
    std::map<key, count> counts_;
};

} // namespace coauth::sandbox
