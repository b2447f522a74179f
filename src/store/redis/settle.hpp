// Ends a request. What it ends with is written before the waiter is resumed.
#pragma once

#include "store/redis/request.hpp"

#include <new>
#include <utility>

namespace coauth::store::redis {

inline void notify_waiter(redis_request& request) noexcept
{
    const auto done = request.done; // the request may go with its waiter
    done->complete();
}

inline void fail_without_memory(redis_request& request) noexcept
{
    request.out_of_memory = true;
    notify_waiter(request);
}

/// `reason` makes the error, and may run out of memory.
template <class Reason>
void fail(redis_request& request, Reason reason) noexcept
{
    try {
        request.failed.emplace(reason());
    } catch (const std::bad_alloc&) {
        request.out_of_memory = true;
    }
    notify_waiter(request);
}

inline void succeed(redis_request& request, redis_reply reply) noexcept
{
    request.reply = std::move(reply);
    notify_waiter(request);
}

} // namespace coauth::store::redis
