// What time it is at the provider: timestamps are judged by its clock, not by ours.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/http/fields.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace coauth::api {

/// How far the response's `Date` is ahead of `machine_now`. Empty without a valid `Date`.
std::optional<std::chrono::seconds> clock_difference(const http::fields& headers, std::chrono::sys_seconds machine_now);

/// "the clock of this machine is 412 s behind the provider's"; `ahead`: how far the provider's is ahead.
std::string describe_difference(std::chrono::seconds ahead);

/// The provider's time, as learnt from its responses; this machine's until then.
///
/// What was learnt is held against the steady clock, so that setting this machine's clock right
/// changes nothing.
///
/// Thread safety: a shared object is safe.
class provider_clock {
public:
    explicit provider_clock(std::shared_ptr<clock> machine);

    std::chrono::sys_seconds machine_now() const;
    std::chrono::sys_seconds now() const;

    /// How far the provider's clock is ahead of this machine's.
    std::chrono::seconds ahead() const;

    /// Learns that the provider's clock is ahead by this much right now.
    void learn(std::chrono::seconds ahead) noexcept;

    clock& machine() const noexcept { return *machine_; }

private:
    static constexpr std::int64_t not_learnt = INT64_MIN;

    std::shared_ptr<clock> machine_;
    std::atomic<std::int64_t> steady_to_provider_ms_{not_learnt};
};

} // namespace coauth::api
