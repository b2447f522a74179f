#include "session/lookups/cache_lock.hpp"

namespace coauth::sessions {

// In the same order by every writer.
void cache_lock::lock()
{
    for (slot& each : slots_)
        each.mutex.lock();
}

void cache_lock::unlock() noexcept
{
    for (slot& each : slots_)
        each.mutex.unlock();
}

std::uint64_t cache_lock::hits()
{
    std::uint64_t sum = 0;
    for (slot& each : slots_) {
        const std::lock_guard lock(each.mutex);
        sum += each.hits;
    }
    return sum;
}

} // namespace coauth::sessions
