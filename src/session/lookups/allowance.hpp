// The requests that a provider still allows, from its headers. No clock and no randomness of its own.
#pragma once

#include <coauth/identity/reply.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace coauth::sessions {

/// How resets are read.
struct allowance_rules {
    allowance_rules() = default;
    allowance_rules(std::chrono::seconds window, std::chrono::milliseconds jitter) : window(window), jitter(jitter) {}

    std::chrono::seconds window{900};        ///< A reset further away than this and a minute is not believed.
    std::chrono::milliseconds jitter{3'000}; ///< The longest wait beyond a reset.
};

/// A window as the latest response stated it.
struct known_window {
    known_window() = default;

    std::int64_t remaining = 0;
    std::optional<std::chrono::sys_seconds>
        stated_reset;                              ///< Identifies the window; empty if it was not stated or had passed.
    std::chrono::steady_clock::time_point reset{}; ///< When it begins anew; jitter included.
};

/// The rate limits of one credential on one endpoint: the ordinary window, and the day's if there is one.
///
/// While nothing is known one request goes alone, as a probe; its response says how many may follow. A
/// window that has passed its reset is unknown again. A request in flight counts as used.
///
/// A window that is closed (`remaining` at or below 0) without a reset in the future stays closed for
/// 60 s, and twice as long each time that repeats, up to the window's length and a minute. The same holds for
/// a refusal that names no time; from the second refusal in a row on, a shorter time is not accepted. No wait is longer
/// than the window's length and a minute, jitter included.
///
/// Does not depend on the wall clock: a reset is measured from the date of its own response.
class allowance {
public:
    using time_point = std::chrono::steady_clock::time_point;

    struct verdict {
        enum class kind {
            go,   ///< Send.
            wait, ///< Not before `until`.
            hold, ///< Not before a request in flight has ended.
        };

        verdict() = default;
        explicit verdict(kind action) : action(action) {}
        explicit verdict(time_point until) : action(kind::wait), until(until) {}

        kind action = kind::go;
        time_point until{};
    };

    explicit allowance(allowance_rules rules) : rules_(rules) {}

    verdict admit(time_point now) const;

    void sent() { ++in_flight_; }

    /// A response came. `wall`: the provider's time if the response has no date. `chance`: from 0 up to 1.
    void responded(const coauth::rate_limits& limits, std::chrono::sys_seconds wall, time_point now, double chance);

    /// The provider refused for a rate limit. `retry_after`: empty, or not above 0, if it named no time.
    void refused(std::optional<std::chrono::seconds> retry_after, time_point now, double chance);

    /// No response came, or one without limits.
    void lost() { --in_flight_; }

private:
    allowance_rules rules_;
    std::optional<known_window> ordinary_;
    std::optional<known_window> day_;
    std::optional<time_point> refused_until_; ///< After a refusal.
    std::int64_t in_flight_ = 0;
    int refusals_ = 0;       ///< In a row, and responses that closed a window and named no time.
    bool unlimited_ = false; ///< The latest response stated no window at all.
    bool has_day_ = false;   ///< A response has stated a window of a day.
};

/// The window of a day that all users of the app share. While nothing is known all may go: most
/// endpoints have none.
class app_allowance {
public:
    using time_point = allowance::time_point;

    explicit app_allowance(allowance_rules rules) : rules_(rules) {}

    allowance::verdict admit(time_point now) const;

    void sent() { ++in_flight_; }
    void responded(const coauth::rate_limits& limits, std::chrono::sys_seconds wall, time_point now, double chance);
    void lost() { --in_flight_; }

private:
    allowance_rules rules_;
    std::optional<known_window> day_;
    std::int64_t in_flight_ = 0;
    int closings_ = 0; ///< In a row, without a time.
};

} // namespace coauth::sessions
