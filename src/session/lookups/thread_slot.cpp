#include "session/lookups/thread_slot.hpp"

#include <atomic>

namespace coauth::sessions {

std::size_t thread_slot() noexcept
{
    static std::atomic<std::size_t> threads{0};
    static constinit thread_local std::size_t number = 0; // 0: not numbered yet
    if (number == 0)
        number = ++threads;
    return number % thread_slots;
}

} // namespace coauth::sessions
