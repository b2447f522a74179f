// A prefix of a test's own in a Redis.
#pragma once

#include "integration/store/databases.hpp"
#include "integration/store/redis_server.hpp"

#include <coauth/store/redis_store.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::testing {

/// What an operator is warned of.
class recorded_warnings {
public:
    std::function<void(std::string_view)> recorder()
    {
        return [this](std::string_view text) {
            const std::lock_guard lock(mutex_);
            texts_.emplace_back(text);
        };
    }

    std::vector<std::string> all() const
    {
        const std::lock_guard lock(mutex_);
        return texts_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

class redis_place final : public database_place {
public:
    /// In the Redis of the process, empty.
    redis_place() : redis_place(redis_server::of_process()) {}
    explicit redis_place(redis_server& used) : server(used) { address.socket = used.socket(); }

    std::shared_ptr<store::database> open(const store::database_options& options = store::database_options()) override
    {
        return store::redis_store(address, keys, options);
    }

    redis_server& server;
    store::redis_options address;
    std::shared_ptr<store::key_ring> keys = keys_of_letters("a");
};

} // namespace coauth::testing
