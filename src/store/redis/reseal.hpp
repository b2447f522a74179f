// Seals anew what older keys sealed.
#pragma once

#include "store/redis/stores.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace coauth::store::redis {

/// `database::reseal`: record by record, each only if it is still the same when it is written.
boost::asio::awaitable<std::size_t> reseal_redis(redis_shared shared);

} // namespace coauth::store::redis
