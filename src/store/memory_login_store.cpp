#include "crypto/random.hpp"
#include "store/login_table.hpp"

#include <coauth/store/login_store.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/container/small_vector.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

keyed_hash::key random_key()
{
    keyed_hash::key key{};
    crypto::fill_random(key.data(), sizeof key);
    return key;
}

class memory_logins final : public login_store, public immediate_logins {
public:
    memory_logins(const login_limits& limits, std::shared_ptr<clock> clock)
        : clock_(std::move(clock)), table_(limits, random_key())
    {}

    login_limits limits() const override { return table_.limits(); }

    asio::awaitable<void> add(pending_login login) override
    {
        add_now(std::move(login));
        co_return;
    }

    asio::awaitable<counts> count(browser_digest browser) override { co_return count_now(browser); }

    asio::awaitable<taken_login> take(login_id id, browser_digest browser) override { co_return take_now(id, browser); }

    asio::awaitable<void> end(login_id id, ended_login reached) override
    {
        end_now(id, reached);
        co_return;
    }

    immediate_logins* immediate() noexcept override { return this; }

    void add_now(pending_login login) override
    {
        const std::lock_guard lock(mutex_);
        table_.add(std::move(login), now());
    }

    counts count_now(const browser_digest& browser) override
    {
        const std::lock_guard lock(mutex_);
        return table_.count(browser, now());
    }

    taken_login take_now(const login_id& id, const browser_digest& browser) override
    {
        const std::lock_guard lock(mutex_);
        return table_.take(id, browser, now());
    }

    void end_now(const login_id& id, const ended_login& reached) override
    {
        for (const auto& notified : current_watchers())
            (*notified)(id, reached);
    }

    std::shared_ptr<void> watch(watcher notified) override
    {
        auto added = std::make_shared<watcher>(std::move(notified));
        const std::lock_guard lock(mutex_);
        std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
        watchers_.push_back(added);
        return added;
    }

    asio::awaitable<expiry> expire() override
    {
        const std::lock_guard lock(mutex_);
        co_return table_.expire(now());
    }

private:
    // Most often the one session of a provider: no piece of memory for it.
    boost::container::small_vector<std::shared_ptr<watcher>, 4> current_watchers()
    {
        boost::container::small_vector<std::shared_ptr<watcher>, 4> all;
        const std::lock_guard lock(mutex_);
        for (const auto& each : watchers_)
            if (auto watching = each.lock())
                all.push_back(std::move(watching));
        return all;
    }

    // Read under the lock, so that the table's time does not go backwards.
    login_table::time_point now() const { return clock_->steady_now(); }

    const std::shared_ptr<clock> clock_;
    std::mutex mutex_;
    login_table table_;
    std::vector<std::weak_ptr<watcher>> watchers_;
};

} // namespace

std::shared_ptr<login_store> memory_login_store(login_limits limits, std::shared_ptr<clock> clock)
{
    return std::make_shared<memory_logins>(limits, std::move(clock));
}

} // namespace coauth::store
