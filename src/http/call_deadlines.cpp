#include "http/call_deadlines.hpp"

#include <new>
#include <utility>

namespace coauth::http {

call_deadlines::call_deadlines(boost::asio::any_io_executor executor, std::shared_ptr<clock> clock)
    : executor_(std::move(executor)), clock_(std::move(clock))
{}

void call_deadlines::set(entry& call, time_point at)
{
    std::unique_lock lock(mutex_);
    if (!timer_)
        timer_ = std::make_shared<clock_timer>(executor_, clock_, [weak = weak_from_this()] {
            if (const auto self = weak.lock())
                self->time_out();
        });
    if (call.is_linked() && call.at_ == at && !unsure_)
        return;
    if (call.is_linked())
        calls_.erase(calls_.iterator_to(call));
    call.at_ = at;
    calls_.insert(call);
    set_timer(std::move(lock));
}

void call_deadlines::clear(entry& call) noexcept
{
    std::shared_ptr<clock_timer> last; // destroyed without the lock
    std::unique_lock lock(mutex_);
    if (!call.is_linked())
        return;
    calls_.erase(calls_.iterator_to(call));
    last = not_needed();
    try {
        set_timer(std::move(lock));
    } catch (const std::bad_alloc&) {
        // It is early, and set again then.
    }
}

// Plans with the lock, and applies without. A timer that is set too early stays: most calls end long before their deadlines.
void call_deadlines::set_timer(std::unique_lock<std::mutex> lock)
{
    const bool fits = calls_.empty() ? !planned_ : planned_ && *planned_ <= calls_.begin()->at_;
    if (!timer_ || (fits && !unsure_))
        return;
    unsure_ = false;
    planned_.reset();
    if (!calls_.empty())
        planned_ = calls_.begin()->at_;
    const auto timer = timer_;
    timer->plan(planned_);
    lock.unlock();
    try {
        timer->apply();
    } catch (const std::bad_alloc&) {
        const std::lock_guard guard(mutex_);
        unsure_ = true; // so that the next call tries again
        throw;
    }
}

std::shared_ptr<call_deadlines::entry> call_deadlines::take_passed() noexcept
{
    const auto now = clock_->steady_now();
    const std::lock_guard lock(mutex_);
    while (!calls_.empty() && calls_.begin()->at_ <= now) {
        entry& first = *calls_.begin();
        calls_.erase(calls_.begin());
        if (auto call = first.shared())
            return call;
    }
    return nullptr;
}

void call_deadlines::time_out() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        planned_.reset();
    }
    while (const auto call = take_passed())
        call->deadline_passed();
    // The calls that wait have no other timer.
    constexpr int attempts = 100; // of 50 ms each
    for (int i = 0; i < attempts; ++i)
        try {
            set_timer(std::unique_lock(mutex_));
            return;
        } catch (const std::bad_alloc&) {
            // It waited before it gave up.
        }
}

void call_deadlines::close() noexcept
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_needed();
}

// With the mutex held. The timer, if it has gone.
std::shared_ptr<clock_timer> call_deadlines::not_needed() noexcept
{
    if (!closed_ || !calls_.empty())
        return nullptr;
    planned_.reset();
    return std::exchange(timer_, nullptr);
}

} // namespace coauth::http
