// Wakes a coroutine.
#pragma once

#include <coauth/export.hpp>

#include <boost/asio/awaitable.hpp>

#include <atomic>

namespace coauth {

/// Fires once; one coroutine waits for it, on any executor. The size of a pointer, and no timer.
///
/// Thread safety: `fire` from any thread, before or while it is waited for. The coroutine's own
/// cancellation must come from its own strand, as Asio wants it.
/// Lifetime: must live until `wait` has ended.
class COAUTH_DECL one_shot {
public:
    one_shot() noexcept = default;
    ~one_shot();

    one_shot(const one_shot&) = delete;
    one_shot& operator=(const one_shot&) = delete;

    /// Without memory it tries again for some 50 ms, then throws `std::bad_alloc` and has not fired.
    void fire();

    bool fired() const noexcept;

    /// Returns once fired. Throws Asio's `operation_aborted` when cancelled, by any type and any number of times, and
    /// `std::bad_alloc` where memory is short. Without memory a cancellation is dropped. Once only.
    boost::asio::awaitable<void> wait();

private:
    class waiting;
    template <class Handler>
    class waiting_with;
    struct start;

    static waiting* gone() noexcept;
    void publish(waiting& ours, boost::asio::cancellation_slot slot);
    void cancel(waiting* ours) noexcept;
    void resume_later(waiting& ours) noexcept;
    bool put_back(waiting& ours, waiting* expected) noexcept;

    std::atomic<waiting*> state_{nullptr}; // null: neither; gone(): fired
};

} // namespace coauth
