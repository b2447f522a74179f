#include "crypto/random.hpp"
#include "store/login_table.hpp"

#include <coauth/store/memory_store.hpp>

#include <mutex>
#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

keyed_hash::key random_key()
{
    keyed_hash::key key{};
    crypto::fill_random(key.data(), sizeof key);
    return key;
}

class memory_logins final : public login_store {
public:
    memory_logins(const login_limits& limits, std::shared_ptr<clock> clock)
        : clock_(std::move(clock)), table_(limits, random_key())
    {}

    login_limits limits() const override { return table_.limits(); }

    asio::awaitable<void> add(pending_login login) override
    {
        const std::lock_guard lock(mutex_);
        table_.add(login, now());
        co_return;
    }

    asio::awaitable<counts> count(browser_digest browser) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.count(browser, now());
    }

    asio::awaitable<std::optional<recent_login>> recent(
        browser_digest browser, std::string return_to, std::chrono::milliseconds age) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.recent(browser, return_to, age, now());
    }

    asio::awaitable<taken_login> take(login_id id, browser_digest browser) override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.take(id, browser, now());
    }

    asio::awaitable<expiry> expire() override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.expire(now());
    }

private:
    // Read under the lock, so that the table's time does not go backwards.
    login_table::time_point now() const { return clock_->steady_now(); }

    const std::shared_ptr<clock> clock_;
    std::mutex mutex_;
    login_table table_;
};

} // namespace

std::shared_ptr<login_store> memory_login_store(login_limits limits, std::shared_ptr<clock> clock)
{
    return std::make_shared<memory_logins>(limits, std::move(clock));
}

} // namespace coauth::store
