// The end of an operation, for all coroutines that wait for it.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace coauth::sessions {

/// A value, or the error that was thrown instead.
template <class T>
using ending = std::shared_ptr<const result<T>>;

template <class T>
ending<T> ended_with(T value)
{
    return std::make_shared<const result<T>>(std::move(value));
}

template <class T>
ending<T> failed_with(error why)
{
    return std::make_shared<const result<T>>(std::move(why));
}

/// Coroutines that wait, each to be notified once. Shared, so that either side may be destroyed first.
using waiters = std::list<std::shared_ptr<one_shot>>;

/// Fires; if memory is exhausted, the coroutine continues to wait. Returns whether it fired.
inline bool fire_if_possible(one_shot& waiter) noexcept
{
    try {
        waiter.fire();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

/// Fires all, from the front; those that fail for lack of memory are left. Never with a lock held: while a context is
/// destroyed, notifying a coroutine can destroy it at once.
inline void notify(waiters& all) noexcept
{
    while (!all.empty() && fire_if_possible(*all.front()))
        all.pop_front();
}

/// Guarded by the mutex of its owner.
template <class T>
struct shared_end {
    shared_end() = default;

    ending<T> reached; ///< Empty until it has ended.
    waiters waiting;

    /// Ends it, once, and adds the coroutines to notify when the lock is released to `due`.
    void end(ending<T> end, waiters& due)
    {
        if (reached)
            return;
        reached = std::move(end);
        due.splice(due.end(), waiting);
    }
};

/// Reports an ending, once. Destroyed before `set`, as with the coroutines of a context that is destroyed, or that
/// Asio destroys for lack of memory, it reports `cancelled`. That ending is made in advance, so that reporting it
/// allocates no memory.
template <class T>
class ending_promise {
public:
    explicit ending_promise(std::function<void(const ending<T>&)> end) : end_(std::move(end)) {}
    ending_promise(ending_promise&& other) noexcept
        : end_(std::exchange(other.end_, nullptr)), cancelled_(std::move(other.cancelled_))
    {}
    ending_promise& operator=(ending_promise&&) = delete;
    ~ending_promise()
    {
        if (end_)
            end_(cancelled_);
    }

    void set(const ending<T>& end) { std::exchange(end_, nullptr)(end); }

private:
    std::function<void(const ending<T>&)> end_;
    ending<T> cancelled_ = failed_with<T>(error(errc::cancelled));
};

/// A coroutine's entry in the list of waiters, which its destructor removes.
template <class T>
class waiter_entry {
public:
    waiter_entry(std::mutex& mutex, shared_end<T>& end)
        : mutex_(mutex), end_(end), notified_(std::make_shared<one_shot>())
    {
        waiters own{notified_};
        const std::lock_guard lock(mutex_);
        if (end_.reached) {
            notified_->fire();
            return;
        }
        place_ = own.begin();
        end_.waiting.splice(end_.waiting.end(), own);
    }
    ~waiter_entry()
    {
        const std::lock_guard lock(mutex_);
        if (!end_.reached)
            end_.waiting.erase(place_);
    }
    waiter_entry(const waiter_entry&) = delete;
    waiter_entry& operator=(const waiter_entry&) = delete;

    one_shot& notified() const noexcept { return *notified_; }
    ending<T> reached() const
    {
        const std::lock_guard lock(mutex_);
        return end_.reached;
    }

private:
    std::mutex& mutex_;
    shared_end<T>& end_;
    const std::shared_ptr<one_shot> notified_;
    waiters::iterator place_;
};

/// Waits until it has ended; the caller keeps both alive. Throws `errc::cancelled` when cancelled, by any type.
template <class T>
boost::asio::awaitable<ending<T>> wait_for_end(std::mutex& mutex, shared_end<T>& end)
{
    const waiter_entry<T> entry(mutex, end);
    try {
        co_await entry.notified().wait();
    } catch (const boost::system::system_error&) {
        throw error(errc::cancelled);
    }
    co_return entry.reached();
}

} // namespace coauth::sessions
