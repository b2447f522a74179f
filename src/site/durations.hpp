// Durations, as Prometheus counts them.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace coauth::site {

/// Thread safety: safe.
class durations {
public:
    /// The upper bound of each bucket but the last, which has none.
    static constexpr std::array<std::chrono::milliseconds, 8> bounds = {std::chrono::milliseconds(50),
        std::chrono::milliseconds(100), std::chrono::milliseconds(250), std::chrono::milliseconds(500),
        std::chrono::milliseconds(1'000), std::chrono::milliseconds(2'500), std::chrono::milliseconds(5'000),
        std::chrono::milliseconds(10'000)};

    struct counts {
        counts() = default;

        std::array<std::uint64_t, bounds.size() + 1> buckets{}; ///< Each by itself, not added up.
        std::chrono::microseconds sum{};
    };

    void record(std::chrono::steady_clock::duration took) noexcept
    {
        std::size_t bucket = 0;
        while (bucket < bounds.size() && took > bounds[bucket])
            ++bucket;
        ++buckets_[bucket];
        sum_ += static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }

    counts read() const noexcept
    {
        counts out;
        for (std::size_t i = 0; i < buckets_.size(); ++i)
            out.buckets[i] = buckets_[i];
        out.sum = std::chrono::microseconds(sum_);
        return out;
    }

private:
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> sum_{0}; // microseconds
};

} // namespace coauth::site
