// The rate of requests while they fail. Pure: no clock of its own.
#pragma once

#include <coauth/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace coauth::sessions {

/// Limits the rate of requests that fail with a transient error (`is_transient`, except a rate limit). Any other
/// response is a success.
///
/// From the first failure after a success to the next success no more than ten requests are sent, those in flight
/// at the failure included, and two a second (`max_requests` if more are in flight).
///
/// A request is a retry if its names failed before, or if all of its queue's fail. Retries are slower, so that a name
/// that fails for many users does not slow the others down. Each takes a token, of which there are ten; two
/// come back each second, its own when it succeeds, and one with every ten other successes. After a failure retries
/// leave three of the ten requests to the others, and they never take more than half of `max_requests`.
///
/// An outage begins with the first failure of a request that is not a retry, and ends with the next success.
class outage {
public:
    using time_point = std::chrono::steady_clock::time_point;

    outage(std::size_t max_requests, time_point now)
        : most_retries_(std::max<std::size_t>(1, max_requests / 2)), refilled_(now)
    {}

    /// When a request may be sent: `now` or later. `time_point::max()`: not before another has ended.
    time_point ready_at(bool retry, time_point now) const
    {
        if (retry && retries_in_flight_ >= most_retries_)
            return time_point::max();
        time_point at = now;
        if (retry && tokens_at(now) < token)
            at = refilled_ + std::chrono::milliseconds((token - tokens_ + per_millisecond - 1) / per_millisecond);
        if (failing_since_)
            at = std::max(at, allowed_at(sent_ + 1 + (retry ? left_to_others : 0)));
        return at;
    }

    void sent(bool retry, time_point now)
    {
        ++in_flight_;
        ++sent_;
        if (!retry)
            return;
        ++retries_in_flight_;
        refill(now);
        tokens_ -= token;
    }

    /// The provider responded. True if requests had failed since the last success.
    bool succeeded(bool retry, time_point now)
    {
        ended(retry);
        refill(now);
        tokens_ = std::min(most, tokens_ + (retry ? token : per_success));
        const bool failing = failing_since_.has_value();
        failing_since_.reset();
        since_.reset();
        return failing;
    }

    /// A request failed with a transient error.
    void failed(bool retry, const error& why, time_point now)
    {
        if (!failing_since_) {
            failing_since_ = now;
            sent_ = std::min(in_flight_, at_first);
        }
        if (!retry && !since_)
            since_ = now;
        why_ = why;
        ended(retry);
    }

    /// A request ended without a statement about the provider: it was cancelled, or not sent.
    void ended(bool retry)
    {
        --in_flight_;
        retries_in_flight_ -= retry;
    }

    /// When the outage began.
    std::optional<time_point> since() const { return since_; }

    /// Why the latest request failed.
    const error& why() const { return why_; }

private:
    static constexpr std::size_t at_first = 10;
    static constexpr std::chrono::milliseconds between_requests{500};
    static constexpr std::size_t left_to_others = 3;

    // In thousandths of a token.
    static constexpr std::int64_t token = 1'000;
    static constexpr std::int64_t per_success = 100;
    static constexpr std::int64_t per_millisecond = 2;
    static constexpr std::int64_t most = 10 * token;

    // When the number of requests may reach `count`.
    time_point allowed_at(std::size_t count) const
    {
        const auto beyond = static_cast<std::int64_t>(count > at_first ? count - at_first : 0);
        return *failing_since_ + beyond * between_requests;
    }

    std::int64_t tokens_at(time_point now) const
    {
        const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - refilled_).count();
        return std::min(most, tokens_ + passed * per_millisecond);
    }

    void refill(time_point now)
    {
        tokens_ = tokens_at(now);
        refilled_ += std::chrono::floor<std::chrono::milliseconds>(now - refilled_);
    }

    std::size_t most_retries_;
    std::size_t in_flight_ = 0;
    std::size_t retries_in_flight_ = 0;

    std::int64_t tokens_ = most;
    time_point refilled_;

    std::optional<time_point> failing_since_; ///< Without a success since.
    std::size_t sent_ = 0;                    ///< Since then, and in flight at that time.
    std::optional<time_point> since_;
    error why_;
};

} // namespace coauth::sessions
