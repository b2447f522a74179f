#include "session/lookups/cache_lock.hpp"

#include <atomic>

namespace coauth::sessions {

std::size_t cache_lock::slot_of_thread() noexcept
{
    static std::atomic<std::size_t> threads{0};
    static constinit thread_local std::size_t number = 0; // 0: not numbered yet
    if (number == 0)
        number = ++threads;
    return number % count;
}

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
