// The three stores in a Redis.
#pragma once

#include "store/redis/client.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/store/key_ring.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>
#include <coauth/store/visitor_store.hpp>

#include <memory>
#include <string>
#include <utility>

namespace coauth::store::redis {

/// What the stores of one Redis share.
struct redis_shared {
    redis_shared(std::shared_ptr<redis_client> new_client, std::shared_ptr<key_ring> new_keys,
        std::shared_ptr<coauth::clock> new_clock, std::string new_prefix, std::string new_process)
        : client(std::move(new_client)), keys(std::move(new_keys)), clock(std::move(new_clock)),
          prefix(std::move(new_prefix)), process(std::move(new_process))
    {}

    std::shared_ptr<redis_client> client;
    std::shared_ptr<key_ring> keys;
    std::shared_ptr<coauth::clock> clock;
    std::string prefix;
    std::string process; ///< 16 random hexadecimal digits that name this one.
};

std::shared_ptr<login_store> redis_login_store(const redis_shared& shared, const login_limits& limits);
std::shared_ptr<token_store> redis_token_store(const redis_shared& shared);
std::shared_ptr<visitor_store> redis_visitor_store(const redis_shared& shared, const visitor_limits& limits);

} // namespace coauth::store::redis
