#include "server/address_block.hpp"

#include <coauth/error.hpp>
#include <coauth/server/address_limit.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace coauth::server {

using std::chrono::milliseconds;
using time_point = std::chrono::steady_clock::time_point;

namespace {

constexpr milliseconds longest_fill = std::chrono::hours(24 * 30);

void check(const address_limit_options& o)
{
    if (o.burst == 0 || o.refill.count() <= 0 || o.max_addresses == 0)
        throw error(errc::invalid_argument, "an option of address_limit is 0 or less");
    if (o.refill > longest_fill || o.burst > static_cast<std::size_t>(longest_fill.count() / o.refill.count()))
        throw error(errc::invalid_argument, "a bucket of address_limit takes longer than 30 days to fill");
}

} // namespace

// A bucket is one moment: when it is full again. Each token taken puts that off by one refill.
class address_limit::state {
public:
    explicit state(const address_limit_options& o)
        : refill_(o.refill), fill_(o.refill * static_cast<milliseconds::rep>(o.burst)), max_addresses_(o.max_addresses)
    {}

    std::optional<milliseconds> take(const address_block& who, time_point now)
    {
        const std::lock_guard lock(mutex_);
        forget_some(now);
        const auto known = full_at_.find(who);
        if (known == full_at_.end() && full_at_.size() >= max_addresses_)
            return take_from(overflow_full_at_, now);

        time_point full_at = known == full_at_.end() ? now : known->second;
        const auto wait = take_from(full_at, now);
        if (known == full_at_.end() || known->second != full_at)
            remember(known, who, full_at);
        return wait;
    }

    std::size_t addresses() const
    {
        const std::lock_guard lock(mutex_);
        return full_at_.size();
    }

private:
    using buckets = std::map<address_block, time_point>;

    std::optional<milliseconds> take_from(time_point& full_at, time_point now) const
    {
        // No emptier than empty, even if the clock stepped back.
        full_at = std::min(full_at, now + fill_);
        const time_point next = std::max(full_at, now) + refill_;
        const auto missing = next - (now + fill_);
        if (missing > time_point::duration::zero())
            return std::chrono::ceil<milliseconds>(missing);
        full_at = next;
        return std::nullopt;
    }

    // Adds at most one address, as `forget_some` forgets at most two: so the table shrinks whenever it can.
    void remember(buckets::iterator known, const address_block& who, time_point full_at)
    {
        if (known == full_at_.end()) {
            const auto place = by_time_.emplace(full_at, who).first;
            try {
                full_at_.emplace(who, full_at);
            } catch (...) {
                by_time_.erase(place);
                throw;
            }
            return;
        }
        auto node = by_time_.extract({known->second, who});
        node.value().first = full_at;
        by_time_.insert(std::move(node));
        known->second = full_at;
    }

    void forget_some(time_point now)
    {
        for (int i = 0; i < 2 && !by_time_.empty() && by_time_.begin()->first <= now; ++i) {
            full_at_.erase(by_time_.begin()->second);
            by_time_.erase(by_time_.begin());
        }
    }

    const milliseconds refill_;
    const milliseconds fill_; // from empty to full
    const std::size_t max_addresses_;

    mutable std::mutex mutex_;
    buckets full_at_;
    std::set<std::pair<time_point, address_block>> by_time_; // the same, the next to be forgotten first
    time_point overflow_full_at_ = time_point::min();
};

address_limit::address_limit(address_limit_options options)
{
    check(options);
    state_ = std::make_unique<state>(options);
}

address_limit::~address_limit() = default;

std::optional<milliseconds> address_limit::take(std::string_view address, time_point now)
{
    return state_->take(address_block::of(address), now);
}

std::size_t address_limit::addresses() const
{
    return state_->addresses();
}

} // namespace coauth::server
