#include "site/begin_limits.hpp"

#include <algorithm>

namespace coauth::site {

using std::chrono::milliseconds;

namespace {

address_limit_options options_of_addresses(const bucket_size& size)
{
    address_limit_options out;
    out.burst = size.burst;
    out.refill = size.refill;
    return out;
}

} // namespace

begin_limits::begin_limits(const begin_sizes& sizes)
    : sizes_(sizes), of_address_(options_of_addresses(sizes.of_address))
{}

std::optional<begin_limits::refusal> begin_limits::take(std::string_view address, bool newcomer, time_point now)
{
    // A begin that the site refuses is not counted at its address: a user who comes back when told to must not be
    // refused for that.
    const std::lock_guard lock(mutex_);
    token_bucket all = of_all_;
    token_bucket newcomers = of_newcomers_;
    std::optional<milliseconds> wait = all.take(sizes_.of_all, now);
    if (newcomer)
        wait = std::max(wait, newcomers.take(sizes_.of_newcomers, now));
    if (wait)
        return refusal(limit::site, *wait);
    if (const auto address_wait = of_address_.take(address, now))
        return refusal(limit::address, *address_wait);
    of_all_ = all;
    of_newcomers_ = newcomers;
    return std::nullopt;
}

} // namespace coauth::site
