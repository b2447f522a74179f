// How long to wait before a request that failed is sent again. Pure: chance is an argument.
#pragma once

#include <algorithm>
#include <chrono>

namespace coauth {

/// A random wait up to a bound (full jitter). The bound is 200 ms after the first failure, and doubles with each further one up to
/// 3.2 s. `failures`: in a row, at least 1. `chance`: from 0 up to 1, drawn anew each time.
inline std::chrono::milliseconds retry_wait(int failures, double chance)
{
    using std::chrono::milliseconds;
    constexpr milliseconds first(200);
    constexpr int most_doublings = 4;
    const milliseconds bound = first * (1 << std::clamp(failures - 1, 0, most_doublings));
    return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(bound.count()) * chance));
}

} // namespace coauth
