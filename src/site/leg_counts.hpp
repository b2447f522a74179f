// Counts of the first and the last legs of logins, for the metrics.
#pragma once

#include "site/durations.hpp"

#include <coauth/error.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace coauth::site {

/// Thread safety: safe.
class leg_counts {
public:
    void took(std::chrono::steady_clock::duration time) noexcept { durations_.record(time); }

    void failed(errc cause)
    {
        const std::lock_guard lock(mutex_);
        ++failures_[std::string(name(cause))];
    }

    durations::counts times() const noexcept { return durations_.read(); }

    std::map<std::string, std::uint64_t, std::less<>> failures() const
    {
        const std::lock_guard lock(mutex_);
        return failures_;
    }

private:
    durations durations_;
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t, std::less<>> failures_;
};

} // namespace coauth::site
