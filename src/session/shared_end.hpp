// How something ends, for everybody who waits for it.
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

/// A value, or what was thrown instead.
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

/// Coroutines that wait, each to be woken once. Shared, so that who is woken and who wakes need not
/// agree on who goes first.
using waiters = std::list<std::shared_ptr<one_shot>>;

/// Fires; if memory is so short that it throws, the coroutine waits on. Returns whether it fired.
inline bool fire_if_possible(one_shot& waiter) noexcept
{
    try {
        waiter.fire();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

/// Fires all, from the front; those that there is no memory for are left. Never with a lock held: where a context is
/// coming down, waking a coroutine can destroy it on the spot.
inline void wake(waiters& all) noexcept
{
    while (!all.empty() && fire_if_possible(*all.front()))
        all.pop_front();
}

/// Guarded by the mutex of whoever has it.
template <class T>
struct shared_end {
    shared_end() = default;

    ending<T> how; ///< Empty until it has ended.
    waiters waiting;

    /// Ends it, once, and hands out those who are to be woken when the lock is released.
    void end(ending<T> with, waiters& woken)
    {
        if (how)
            return;
        how = std::move(with);
        woken.splice(woken.end(), waiting);
    }
};

/// The duty to tell an ending, once. If it goes untold, as it does with the coroutines of a context that
/// is destroyed, or that Asio destroys for want of memory, the ending is `cancelled`. That one is made beforehand, so
/// that telling it needs no memory.
template <class T>
class ending_duty {
public:
    explicit ending_duty(std::function<void(const ending<T>&)> end) : end_(std::move(end)) {}
    ending_duty(ending_duty&& other) noexcept
        : end_(std::exchange(other.end_, nullptr)), untold_(std::move(other.untold_))
    {}
    ending_duty& operator=(ending_duty&&) = delete;
    ~ending_duty()
    {
        if (end_)
            end_(untold_);
    }

    void tell(const ending<T>& how) { std::exchange(end_, nullptr)(how); }

private:
    std::function<void(const ending<T>&)> end_;
    ending<T> untold_ = failed_with<T>(error(errc::cancelled));
};

/// A place among those who wait. Nothing is left of it once it is gone.
template <class T>
class place_in_line {
public:
    place_in_line(std::mutex& mutex, shared_end<T>& end)
        : mutex_(mutex), end_(end), woken_(std::make_shared<one_shot>())
    {
        waiters mine{woken_};
        const std::lock_guard lock(mutex_);
        if (end_.how) {
            woken_->fire();
            return;
        }
        place_ = mine.begin();
        end_.waiting.splice(end_.waiting.end(), mine);
    }
    ~place_in_line()
    {
        const std::lock_guard lock(mutex_);
        if (!end_.how)
            end_.waiting.erase(place_);
    }
    place_in_line(const place_in_line&) = delete;
    place_in_line& operator=(const place_in_line&) = delete;

    one_shot& woken() const noexcept { return *woken_; }
    ending<T> how() const
    {
        const std::lock_guard lock(mutex_);
        return end_.how;
    }

private:
    std::mutex& mutex_;
    shared_end<T>& end_;
    const std::shared_ptr<one_shot> woken_;
    waiters::iterator place_;
};

/// Waits until it has ended; whoever awaits this keeps both alive. Throws `errc::cancelled` when
/// cancelled, by any type.
template <class T>
boost::asio::awaitable<ending<T>> wait_for_end(std::mutex& mutex, shared_end<T>& end)
{
    const place_in_line<T> here(mutex, end);
    try {
        co_await here.woken().wait();
    } catch (const boost::system::system_error&) {
        throw error(errc::cancelled);
    }
    co_return here.how();
}

} // namespace coauth::sessions
