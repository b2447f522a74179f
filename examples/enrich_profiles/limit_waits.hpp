// The time in which a run waited for rate limits.
#pragma once

#include <chrono>

namespace enrich {

/// Counts a wait that a signal cuts short, too; waits that overlap count once.
class limit_waits {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// A wait begins that ends at `until`.
    void begin(time_point now, time_point until) noexcept;

    /// What is waited for ends now.
    void end(time_point now) noexcept;

    /// When the last wait ends.
    time_point until() const noexcept { return until_; }

    /// So far.
    std::chrono::milliseconds waited(time_point now) const noexcept;

private:
    time_point::duration before_{0}; // the last wait
    time_point begun_{};
    time_point until_{};
};

} // namespace enrich
