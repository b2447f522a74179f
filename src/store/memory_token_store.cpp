#include <coauth/store/memory_store.hpp>

#include <map>
#include <mutex>
#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

using time_point = std::chrono::steady_clock::time_point;

struct row {
    explicit row(stored_credential new_stored) : stored(std::move(new_stored)) {}

    stored_credential stored;
    std::optional<time_point> leased_until;
};

class memory_tokens final : public token_store {
public:
    explicit memory_tokens(std::shared_ptr<clock> clock) : clock_(std::move(clock)) {}

    asio::awaitable<std::optional<stored_credential>> find(user_key user) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = rows_.find(user);
        if (found == rows_.end())
            co_return std::nullopt;
        co_return found->second.stored;
    }

    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        const std::lock_guard lock(mutex_);
        const auto version = ++last_version_;
        rows_.insert_or_assign(std::move(user), row(stored_credential(std::move(held), version)));
        co_return version;
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        const std::lock_guard lock(mutex_);
        row* const found = current(user, version);
        if (!found)
            co_return std::nullopt;
        const auto replaced = ++last_version_;
        *found = row(stored_credential(std::move(held), replaced));
        co_return replaced;
    }

    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        const std::lock_guard lock(mutex_);
        row* const found = current(user, version);
        const time_point now = clock_->steady_now();
        if (!found || (found->leased_until && now < *found->leased_until))
            co_return false;
        found->leased_until = now + time;
        co_return true;
    }

    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = rows_.find(user);
        if (found == rows_.end() || (version && *version != found->second.stored.version))
            co_return false;
        rows_.erase(found);
        co_return true;
    }

private:
    // With the lock held. Null if the user's credential is another one.
    row* current(const user_key& user, std::uint64_t version)
    {
        const auto found = rows_.find(user);
        return found == rows_.end() || found->second.stored.version != version ? nullptr : &found->second;
    }

    const std::shared_ptr<clock> clock_;
    std::mutex mutex_;
    std::map<user_key, row> rows_;
    std::uint64_t last_version_ = 0; // one counter for all users, so that a version never comes again
};

} // namespace

std::shared_ptr<token_store> memory_token_store(std::shared_ptr<clock> clock)
{
    return std::make_shared<memory_tokens>(std::move(clock));
}

} // namespace coauth::store
