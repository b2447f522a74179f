// What a provider still allows, learnt from its headers. No clock and no chance of its own.
#pragma once

#include <coauth/twitter/reply.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace coauth::sessions {

/// How resets are read.
struct allowance_rules {
    allowance_rules() = default;
    allowance_rules(std::chrono::seconds window, std::chrono::milliseconds jitter) : window(window), jitter(jitter) {}

    std::chrono::seconds window{900};        ///< A reset further away than this and a minute is not believed.
    std::chrono::milliseconds jitter{3'000}; ///< The most that a reset is waited for beyond its time.
};

/// A window as it was last told of.
struct known_window {
    known_window() = default;

    std::int64_t remaining = 0;
    std::optional<std::chrono::sys_seconds> told_reset; ///< Names the window; empty if it was not told or had passed.
    std::chrono::steady_clock::time_point reset{};      ///< When it turns; jitter included.
};

/// The rate limits of one credential on one endpoint: the ordinary window, and the day's if there is one.
///
/// While nothing is known one request goes alone, as a probe; its answer tells how many may follow. A
/// window that has passed its reset is unknown again. A request on the wire counts as spent.
///
/// A window that is closed (`remaining` at or below 0) without a reset that lies ahead stays closed for
/// 60 s, and twice as long each time that is so again, up to the window's length and a minute. So does a
/// refusal that names no time; from the second refusal in a row on, no shorter time is believed. No wait is longer
/// than the window's length and a minute, jitter included.
///
/// The wall clock plays no part: what counts is how far the reset was ahead of the answer's own date.
class allowance {
public:
    using time_point = std::chrono::steady_clock::time_point;

    struct verdict {
        enum class kind {
            go,   ///< Send.
            wait, ///< Not before `until`.
            hold, ///< Not before an answer under way has come.
        };

        verdict() = default;
        explicit verdict(kind what) : what(what) {}
        explicit verdict(time_point until) : what(kind::wait), until(until) {}

        kind what = kind::go;
        time_point until{};
    };

    explicit allowance(allowance_rules rules) : rules_(rules) {}

    verdict admit(time_point now) const;

    void sent() { ++under_way_; }

    /// An answer came. `wall`: the provider's time if the answer has no date. `chance`: from 0 up to 1.
    void answered(const twitter::rate_limits& limits, std::chrono::sys_seconds wall, time_point now, double chance);

    /// The provider refused for a rate limit. `retry_after`: empty, or not above 0, if it named no time.
    void refused(std::optional<std::chrono::seconds> retry_after, time_point now, double chance);

    /// No answer came, or one that says nothing of limits.
    void lost() { --under_way_; }

private:
    allowance_rules rules_;
    std::optional<known_window> ordinary_;
    std::optional<known_window> day_;
    std::optional<time_point> shut_until_; ///< After a refusal.
    std::int64_t under_way_ = 0;
    int refusals_ = 0;       ///< In a row, and responses that closed a window and named no time.
    bool unlimited_ = false; ///< The last answer told of no window at all.
    bool tells_day_ = false; ///< It ever told of a window of a day.
};

/// The window of a day that all users of the app share. While nothing is known all may go: most
/// endpoints have none.
class app_allowance {
public:
    using time_point = allowance::time_point;

    explicit app_allowance(allowance_rules rules) : rules_(rules) {}

    allowance::verdict admit(time_point now) const;

    void sent() { ++under_way_; }
    void answered(const twitter::rate_limits& limits, std::chrono::sys_seconds wall, time_point now, double chance);
    void lost() { --under_way_; }

private:
    allowance_rules rules_;
    std::optional<known_window> day_;
    std::int64_t under_way_ = 0;
    int closings_ = 0; ///< In a row, without a time.
};

} // namespace coauth::sessions
