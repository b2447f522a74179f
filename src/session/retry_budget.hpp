// How many requests may be second tries.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

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
        const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - last_);
        last_ += passed;
        saved_ = std::min<std::int64_t>(most, saved_ + passed.count() * per_millisecond);
        if (saved_ < one)
            return false;
        saved_ -= one;
        return true;
    }

private:
    // In thousandths of a try.
    static constexpr std::int64_t one = 1'000;
    static constexpr std::int64_t per_request = 100;
    static constexpr std::int64_t per_millisecond = 1;
    static constexpr std::int64_t most = 10 * one;

    std::int64_t saved_ = 3 * one; // so that a small program gets past a hiccup
    time_point last_;
};

} // namespace coauth::sessions
