// Posts what must not be lost.
#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace coauth {

/// Calls `post`, and calls it again for up to 50 ms if it throws `std::bad_alloc`, then lets that through. For what
/// resumes a coroutine: where it is not posted, the coroutine stays suspended for ever.
template <class Post>
void post_again(Post post)
{
    constexpr int most_attempts = 50;
    for (int attempts = 1;; ++attempts) {
        try {
            post();
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
