#include "server/address_block.hpp"

#include <coauth/error.hpp>
#include <coauth/site/address_limit.hpp>
#include <coauth/site/token_bucket.hpp>

#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace coauth::site {

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

class address_limit::state {
public:
    explicit state(const address_limit_options& o) : size_(o.burst, o.refill), max_addresses_(o.max_addresses) {}

    std::optional<milliseconds> take(const server::address_block& address, time_point now)
    {
        const std::lock_guard lock(mutex_);
        forget_some(now);
        const auto known = buckets_.find(address);
        if (known == buckets_.end() && buckets_.size() >= max_addresses_)
            return overflow_.take(size_, now);
        if (known == buckets_.end()) {
            token_bucket fresh;
            const auto wait = fresh.take(size_, now);
            remember(address, fresh);
            return wait;
        }
        const time_point before = known->second.full_at();
        const auto wait = known->second.take(size_, now);
        move_in_time(address, before, known->second.full_at());
        return wait;
    }

    std::size_t addresses() const
    {
        const std::lock_guard lock(mutex_);
        return buckets_.size();
    }

private:
    // Adds at most one address, as `forget_some` forgets at most two: so the table shrinks whenever it can.
    void remember(const server::address_block& address, const token_bucket& fresh)
    {
        const auto place = by_time_.emplace(fresh.full_at(), address).first;
        try {
            buckets_.emplace(address, fresh);
        } catch (...) {
            by_time_.erase(place);
            throw;
        }
    }

    void move_in_time(const server::address_block& address, time_point before, time_point after)
    {
        if (before == after)
            return;
        auto node = by_time_.extract({before, address});
        node.value().first = after;
        by_time_.insert(std::move(node));
    }

    void forget_some(time_point now)
    {
        for (int i = 0; i < 2 && !by_time_.empty() && by_time_.begin()->first <= now; ++i) {
            buckets_.erase(by_time_.begin()->second);
            by_time_.erase(by_time_.begin());
        }
    }

    const bucket_size size_;
    const std::size_t max_addresses_;

    mutable std::mutex mutex_;
    std::map<server::address_block, token_bucket> buckets_;
    std::set<std::pair<time_point, server::address_block>> by_time_; // the same, the next to be forgotten first
    token_bucket overflow_;
};

address_limit::address_limit(address_limit_options options)
{
    check(options);
    state_ = std::make_unique<state>(options);
}

address_limit::~address_limit() = default;

std::optional<milliseconds> address_limit::take(std::string_view address, time_point now)
{
    return state_->take(server::address_block::of(address), now);
}

std::size_t address_limit::addresses() const
{
    return state_->addresses();
}

} // namespace coauth::site
