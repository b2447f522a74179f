#include "store/visitor_table.hpp"

#include <coauth/store/memory_store.hpp>

#include <mutex>
#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

class memory_visitors final : public visitor_store {
public:
    memory_visitors(const visitor_limits& limits, std::shared_ptr<clock> clock)
        : clock_(std::move(clock)), table_(limits)
    {}

    visitor_limits limits() const override { return table_.limits(); }

    asio::awaitable<std::optional<user_key>> add(
        browser_digest browser, signed_in_user user, browser_digest previous) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.add(browser, std::move(user), previous, clock_->now());
    }

    asio::awaitable<std::optional<signed_in_user>> find(browser_digest browser) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.find(browser, clock_->now());
    }

    asio::awaitable<std::optional<user_key>> remove(browser_digest browser) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.remove(browser);
    }

    asio::awaitable<bool> remove_all(user_key user, time_point latest) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.remove_all(user, latest);
    }

    asio::awaitable<bool> has(user_key user) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.has(user);
    }

    asio::awaitable<std::vector<user_key>> expire(std::size_t limit) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.expire(clock_->now(), limit);
    }

    asio::awaitable<std::size_t> count() override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.count();
    }

private:
    const std::shared_ptr<clock> clock_;
    std::mutex mutex_;
    visitor_table table_;
};

} // namespace

std::shared_ptr<visitor_store> memory_visitor_store(visitor_limits limits, std::shared_ptr<clock> clock)
{
    return std::make_shared<memory_visitors>(limits, std::move(clock));
}

} // namespace coauth::store
