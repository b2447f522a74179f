// Memory for what must not fail.
#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace coauth {

/// Calls `step`, and calls it again for up to 50 ms if it throws `std::bad_alloc`, then lets that through. For what
/// resumes a coroutine or sets a timer: where that is not posted, a coroutine stays suspended for ever.
template <class Step>
void retry_allocation(Step step)
{
    constexpr int most_attempts = 50;
    for (int attempts = 1;; ++attempts) {
        try {
            step();
            return;
        } catch (const std::bad_alloc&) {
            if (attempts == most_attempts)
                throw;
        }
        if (attempts > 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

} // namespace coauth
