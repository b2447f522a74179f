#include "api/provider_clock.hpp"

#include <coauth/http/date.hpp>

namespace coauth::api {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

std::optional<seconds> clock_difference(const http::fields& headers, sys_seconds machine_now)
{
    const auto date = http::read_date(headers.get("date"), machine_now);
    return date ? std::optional(*date - machine_now) : std::nullopt;
}

std::string describe_difference(seconds ahead)
{
    if (ahead == seconds(0))
        return "the clock of this machine agrees with the provider's";
    const bool behind = ahead > seconds(0);
    return "the clock of this machine is " + std::to_string((behind ? ahead : -ahead).count()) + " s " +
           (behind ? "behind" : "ahead of") + " the provider's";
}

provider_clock::provider_clock(std::shared_ptr<clock> machine) : machine_(std::move(machine))
{}

sys_seconds provider_clock::machine_now() const
{
    return std::chrono::floor<seconds>(machine_->now());
}

sys_seconds provider_clock::now() const
{
    const std::int64_t distance = steady_to_provider_ms_.load(std::memory_order_relaxed);
    if (distance == not_learnt)
        return machine_now();
    const auto steady = std::chrono::duration_cast<milliseconds>(machine_->steady_now().time_since_epoch());
    return sys_seconds(std::chrono::floor<seconds>(steady + milliseconds(distance)));
}

seconds provider_clock::ahead() const
{
    if (steady_to_provider_ms_.load(std::memory_order_relaxed) == not_learnt)
        return seconds(0);
    return now() - machine_now();
}

void provider_clock::learn(seconds ahead) noexcept
{
    const auto provider = std::chrono::duration_cast<milliseconds>(machine_->now().time_since_epoch()) + ahead;
    const auto steady = std::chrono::duration_cast<milliseconds>(machine_->steady_now().time_since_epoch());
    steady_to_provider_ms_.store((provider - steady).count(), std::memory_order_relaxed);
}

} // namespace coauth::api
