// Seals anew what older keys sealed.
#pragma once

#include "store/redis/stores.hpp"

#include <coauth/store/database.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth::store::redis {

/// `database::reseal`: record by record, each only if it is still the same when it is written.
boost::asio::awaitable<reseal_counts> reseal_redis(redis_shared shared);

} // namespace coauth::store::redis
