// The lock of what a cached result is read from.
#pragma once

#include "session/lookups/thread_slot.hpp"

#include <array>
#include <cstdint>
#include <mutex>

namespace coauth::sessions {

/// Guards what every thread reads often and few calls change. A reader locks one of a few mutexes, the one of its thread; a
/// writer locks all of them. So readers on different threads neither wait for each other nor write to one cache line.
///
/// Thread safety: safe. A writer is a `std::lock_guard` of this. Not recursive.
class cache_lock {
    struct alignas(cache_line) slot {
        std::mutex mutex;
        std::uint64_t hits = 0;
    };

public:
    cache_lock() = default;

    /// Locks for reading as long as it lives, or until `unlock`.
    class reading {
    public:
        explicit reading(cache_lock& owner) : slot_(owner.slots_[thread_slot()]), lock_(slot_.mutex) {}

        /// Counts a result that was found in the cache.
        void count_hit() noexcept { ++slot_.hits; }
        void unlock() { lock_.unlock(); }

    private:
        slot& slot_;
        std::unique_lock<std::mutex> lock_;
    };

    void lock();
    void unlock() noexcept;

    /// How often `count_hit` was called.
    std::uint64_t hits();

private:
    std::array<slot, thread_slots> slots_;
};

} // namespace coauth::sessions
