#include "session/login_deadlines.hpp"

#include <algorithm>
#include <utility>

namespace coauth::sessions {

namespace {

constexpr std::chrono::milliseconds between_sweeps{100};

} // namespace

login_deadlines::login_deadlines(
    boost::asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> ring)
    : alarm_(std::move(executor), std::move(clock), std::move(ring))
{}

// What began before this is found by the sweep that follows; what begins from here on arms the alarm.
void login_deadlines::rung()
{
    const std::lock_guard lock(mutex_);
    armed_.reset();
}

void login_deadlines::begun(time_point deadline)
{
    const std::lock_guard lock(mutex_);
    ++count_;
    ++living_;
    arm(deadline);
}

void login_deadlines::found(time_point deadline)
{
    const std::lock_guard lock(mutex_);
    arm(deadline);
}

bool login_deadlines::taken()
{
    const std::lock_guard lock(mutex_);
    if (living_ > 0)
        --living_;
    return living_ == 0;
}

std::uint64_t login_deadlines::count() const
{
    const std::lock_guard lock(mutex_);
    return count_;
}

void login_deadlines::swept(std::uint64_t as_of, std::size_t expired, std::optional<time_point> next, time_point now)
{
    const std::lock_guard lock(mutex_);
    living_ -= std::min(living_, expired);
    if (next) {
        arm(std::max(*next, now + between_sweeps));
    } else if (count_ == as_of) {
        living_ = 0;
        armed_.reset();
        alarm_.clear();
    }
}

void login_deadlines::close()
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    armed_.reset();
    alarm_.clear();
}

void login_deadlines::arm(time_point at)
{
    if (closed_ || (armed_ && *armed_ <= at))
        return;
    alarm_.set(at);
    armed_ = at;
}

} // namespace coauth::sessions
