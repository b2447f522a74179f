// What each thread has a part of, so that threads do not write to each other's cache lines.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

namespace coauth::sessions {

constexpr std::size_t thread_slots = 16; // more than the threads that share one session on most machines
constexpr std::size_t cache_line = 64;

/// A number below `thread_slots`, the same for each call of a thread. Of many threads some share one.
std::size_t thread_slot() noexcept;

/// A pointer with a count of its own in each slot: one count for all would be written by each operation of every thread.
///
/// Thread safety: a shared object is safe through its const member.
template <class T>
class pointer_by_slot {
public:
    explicit pointer_by_slot(const std::shared_ptr<T>& owner)
    {
        for (slot& each : slots_)
            each.pointer = std::shared_ptr<T>(owner.get(), count(owner));
    }

    const std::shared_ptr<T>& get() const noexcept { return slots_[thread_slot()].pointer; }

private:
    struct alignas(cache_line) slot {
        std::shared_ptr<T> pointer;
    };
    // A deleter, which is beside the count and keeps the next one away.
    struct count {
        explicit count(const std::shared_ptr<T>& owner) : owner(owner) {}
        void operator()(T*) noexcept { owner.reset(); }

        std::shared_ptr<T> owner;
        std::array<char, cache_line> distance{};
    };

    std::array<slot, thread_slots> slots_;
};

} // namespace coauth::sessions
