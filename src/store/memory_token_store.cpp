#include <coauth/store/memory_store.hpp>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

class memory_tokens final : public token_store {
public:
    asio::awaitable<std::optional<stored_token>> find(std::string user_id) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = tokens_.find(user_id);
        if (found == tokens_.end())
            co_return std::nullopt;
        co_return found->second;
    }

    asio::awaitable<std::uint64_t> put(std::string user_id, oauth1::access_token token) override
    {
        const std::lock_guard lock(mutex_);
        const auto version = ++last_version_;
        tokens_.insert_or_assign(std::move(user_id), stored_token(std::move(token), version));
        co_return version;
    }

    asio::awaitable<bool> remove(std::string user_id, std::optional<std::uint64_t> version) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = tokens_.find(user_id);
        if (found == tokens_.end() || (version && *version != found->second.version))
            co_return false;
        tokens_.erase(found);
        co_return true;
    }

private:
    std::mutex mutex_;
    std::unordered_map<std::string, stored_token> tokens_;
    std::uint64_t last_version_ = 0; // one counter for everybody, so that a version never comes again
};

} // namespace

std::shared_ptr<token_store> memory_token_store()
{
    return std::make_shared<memory_tokens>();
}

} // namespace coauth::store
