#include "session/logins/login_deadlines.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace {

constexpr std::chrono::milliseconds between_sweeps{100};

} // namespace

login_deadlines::login_deadlines(
    boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> on_time)
    : alarm_(std::move(executor), std::move(clock), std::move(on_time))
{}

// A login that began before this is found by the sweep that follows; one that begins later sets the alarm.
void login_deadlines::alarm_fired()
{
    const std::lock_guard lock(mutex_);
    armed_.reset();
}

void login_deadlines::begun(time_point deadline)
{
    {
        const std::lock_guard lock(mutex_);
        ++count_;
        ++pending_;
        arm(deadline);
    }
    alarm_.apply();
}

void login_deadlines::found(time_point deadline)
{
    {
        const std::lock_guard lock(mutex_);
        arm(deadline);
    }
    alarm_.apply();
}

bool login_deadlines::taken()
{
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        if (pending_ > 0)
            --pending_;
        last = pending_ == 0;
    }
    alarm_.apply();
    return last;
}

std::uint64_t login_deadlines::count() const
{
    const std::lock_guard lock(mutex_);
    return count_;
}

void login_deadlines::swept(std::uint64_t as_of, std::size_t expired, std::optional<time_point> next, time_point now)
{
    {
        const std::lock_guard lock(mutex_);
        pending_ -= std::min(pending_, expired);
        if (next) {
            arm(std::max(*next, now + between_sweeps));
        } else if (count_ == as_of) {
            pending_ = 0;
            armed_.reset();
            alarm_.plan(std::nullopt);
        }
    }
    alarm_.apply();
}

void login_deadlines::close() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        armed_.reset();
        alarm_.plan(std::nullopt);
    }
    try {
        alarm_.apply();
    } catch (const std::bad_alloc&) {
        // It sleeps on, and does not call.
    }
}

void login_deadlines::arm(time_point at) noexcept
{
    if (closed_ || (armed_ && *armed_ <= at))
        return;
    alarm_.plan(at);
    armed_ = at;
}

} // namespace coauth::sessions
