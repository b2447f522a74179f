// Lets one allocation of a thread fail.
#pragma once

#include <cstddef>
#include <new>
#include <string>
#include <string_view>

namespace coauth::testing {

/// Counts allocations by `operator new` down; the one that makes it 0 throws `std::bad_alloc`. 0: none fails.
extern thread_local std::size_t allocations_until_failure;

/// How many fail in a row from that one on, then 1 again.
extern thread_local std::size_t failures_in_a_row;

/// Asio's own allocations fail, too. It ends the program where it destroys a suspended coroutine then.
extern thread_local bool asio_is_short;

/// While Asio is short of memory: how many of its allocations fail until it no longer is. 0: all.
extern thread_local std::size_t asio_failures_left;

/// Observes a block of memory of its thread: its content when it is passed to `operator delete`.
class watched_memory {
public:
    explicit watched_memory(std::string_view bytes) noexcept;
    ~watched_memory();
    watched_memory(const watched_memory&) = delete;
    watched_memory& operator=(const watched_memory&) = delete;

    /// Empty: it was not freed.
    std::string when_freed() const;
};

/// Counts the blocks of memory that its thread passes to `operator delete` with a text in them.
class freed_text {
public:
    explicit freed_text(std::string_view text) noexcept;
    ~freed_text();
    freed_text(const freed_text&) = delete;
    freed_text& operator=(const freed_text&) = delete;

    std::size_t blocks() const noexcept;
};

/// While it lives every allocation of its thread fails, and Asio's if that is asked for.
class memory_shortage {
public:
    explicit memory_shortage(bool of_asio = false)
    {
        begin();
        asio_is_short = of_asio;
    }
    ~memory_shortage() { end(); }
    memory_shortage(const memory_shortage&) = delete;
    memory_shortage& operator=(const memory_shortage&) = delete;

    static void begin() noexcept
    {
        allocations_until_failure = 1;
        failures_in_a_row = static_cast<std::size_t>(-1);
    }
    static void end() noexcept
    {
        allocations_until_failure = 0;
        failures_in_a_row = 1;
        asio_is_short = false;
        asio_failures_left = 0;
    }
};

/// Calls `attempt` until it succeeds; each time a later one of its allocations fails, and `check` is called then. Returns
/// how many failed.
template <class Attempt, class Check>
std::size_t with_each_allocation_failing(Attempt attempt, Check check)
{
    for (std::size_t number = 1;; ++number) {
        bool failed = false;
        allocations_until_failure = number;
        try {
            attempt();
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        memory_shortage::end();
        if (!failed)
            return number - 1;
        check();
    }
}

} // namespace coauth::testing
