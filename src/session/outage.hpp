// How fast requests may be sent while they fail. Pure: no clock of its own.
#pragma once

#include <coauth/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coauth::sessions {

/// An outage begins with the first request that fails in a way that passes (`is_transient`, but for a
/// rate limit), and ends with the next response of any other kind.
///
/// In an outage every request takes a token, and so does at any time one whose names failed before.
/// There are ten tokens; two come back each second, and one with every ten responses. Requests that were
/// on the wire when an outage began take theirs when they fail, so of up to ten concurrent requests no
/// more than ten and two a second reach the provider from the first failure on. An end gives no tokens,
/// so a provider that fails every second request is not sent more.
class outage {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit outage(time_point now) : refilled_(now) {}

    /// When a request may be sent: `now` or later. `repeated`: its names failed before.
    time_point ready_at(bool repeated, time_point now) const
    {
        if ((!repeated && !since_) || tokens_at(now) >= token)
            return now;
        return refilled_ + std::chrono::milliseconds((token - tokens_ + per_millisecond - 1) / per_millisecond);
    }

    /// A request is sent. True if it took a token; the functions below are told so when it ends.
    bool sent(bool repeated, time_point now)
    {
        if (!repeated && !since_) {
            ++free_;
            return false;
        }
        refill(now);
        tokens_ -= token;
        return true;
    }

    /// The provider responded. True if that ends an outage.
    bool succeeded(bool took_token, time_point now)
    {
        refill(now);
        free_ -= !took_token;
        ++successes_;
        tokens_ = std::min(most, tokens_ + reserved_ + per_success);
        reserved_ = 0;
        return std::exchange(since_, std::nullopt).has_value();
    }

    /// A request failed in a way that passes. True if that begins an outage.
    bool failed(bool took_token, const error& why, time_point now)
    {
        refill(now);
        free_ -= !took_token;
        why_ = why;
        ++failures_;
        if (since_) {
            if (!took_token)
                reserved_ = std::max<std::int64_t>(0, reserved_ - token);
            return false;
        }
        since_ = now;
        if (!took_token)
            tokens_ = std::max<std::int64_t>(0, tokens_ - token);
        // One is left to refill, however many are on the wire.
        reserved_ = std::min({free_ * token, tokens_, most - token});
        tokens_ -= reserved_;
        return true;
    }

    /// A request ended and says nothing of the provider: it was cancelled, or never left.
    void ended(bool took_token) { free_ -= !took_token; }

    /// When the outage began.
    std::optional<time_point> since() const { return since_; }

    /// Why the latest request failed.
    const error& why() const { return why_; }

    /// Responses so far, and failures.
    std::uint64_t successes() const { return successes_; }
    std::uint64_t failures() const { return failures_; }

private:
    // In thousandths of a token.
    static constexpr std::int64_t token = 1'000;
    static constexpr std::int64_t per_success = 100;
    static constexpr std::int64_t per_millisecond = 2;
    static constexpr std::int64_t most = 10 * token;

    std::int64_t tokens_at(time_point now) const
    {
        const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - refilled_).count();
        return std::min(most - reserved_, tokens_ + passed * per_millisecond);
    }

    void refill(time_point now)
    {
        tokens_ = tokens_at(now);
        refilled_ += std::chrono::floor<std::chrono::milliseconds>(now - refilled_);
    }

    std::int64_t tokens_ = most;
    std::int64_t reserved_ = 0; ///< Tokens for requests that were on the wire when the outage began.
    std::int64_t free_ = 0;     ///< Requests on the wire that took no token.
    time_point refilled_;
    std::optional<time_point> since_;
    error why_;
    std::uint64_t successes_ = 0;
    std::uint64_t failures_ = 0;
};

} // namespace coauth::sessions
