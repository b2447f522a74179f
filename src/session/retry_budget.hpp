// How many requests may be second tries.
#pragma once

#include <algorithm>
#include <chrono>

namespace coauth::sessions {

/// One in ten of the requests, and one a second; some saved up. A provider that is down then sees hardly
/// more requests than one that is up, from however many callers.
class retry_budget {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit retry_budget(time_point now) : last_(now) {}

    void request() { saved_ = std::min(most, saved_ + per_request); }

    /// True if one more may be sent again; it is counted then.
    bool take(time_point now)
    {
        const std::chrono::duration<double> passed = now - last_;
        last_ = now;
        saved_ = std::min(most, saved_ + passed.count() * per_second);
        if (saved_ < 1)
            return false;
        saved_ -= 1;
        return true;
    }

private:
    static constexpr double per_request = 0.1;
    static constexpr double per_second = 1;
    static constexpr double most = 10;

    double saved_ = 1;
    time_point last_;
};

} // namespace coauth::sessions
