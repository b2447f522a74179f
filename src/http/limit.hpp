// How long an operation may take, and the error if it takes longer.
#pragma once

#include <coauth/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace coauth::http {

/// True if a clock can add it without an overflow: more than 0, at most 30 days.
constexpr bool is_usable_duration(std::chrono::milliseconds d) noexcept
{
    return d.count() > 0 && d <= std::chrono::hours(24 * 30);
}

/// A point in time and the setting it came from.
class limit {
public:
    using clock = std::chrono::steady_clock;

    /// `setting`: a literal, such as "connect_timeout".
    limit(clock::time_point start, std::chrono::milliseconds length, const char* setting)
        : at_(start + length), length_(length), setting_(setting)
    {}

    clock::time_point at() const noexcept { return at_; }
    bool passed(clock::time_point now) const noexcept { return now >= at_; }

    /// The error for `operation`, such as "connecting to api.x.com".
    error exceeded(const std::string& operation) const
    {
        const std::string milliseconds = std::to_string(length_.count()) + " ms";
        return error(errc::timeout, operation + " took too long")
            .with_hint("the limit was " + std::string(setting_) + ", " + milliseconds);
    }

private:
    clock::time_point at_;
    std::chrono::milliseconds length_;
    const char* setting_;
};

inline limit earlier(const limit& a, const limit& b) noexcept
{
    return b.at() < a.at() ? b : a;
}

/// Until when the next of `left` attempts may last, so that one dead address can't use up the time of
/// the others.
inline limit::clock::time_point fair_share(limit::clock::time_point now, const limit& until, std::size_t left) noexcept
{
    if (left <= 1 || until.passed(now))
        return until.at();
    return now + (until.at() - now) / static_cast<limit::clock::rep>(left);
}

} // namespace coauth::http
