#include "session/alarm.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// Rounded up, so that it never rings early.
asio::awaitable<void> sleep_until(std::shared_ptr<clock> clock, alarm::time_point at)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - clock->steady_now());
    co_await clock->sleep_for(std::max(left, std::chrono::milliseconds(0)));
}

} // namespace

// Everything but `wanted` is touched on the strand only.
class alarm::state : public std::enable_shared_from_this<alarm::state> {
public:
    state(const asio::any_io_executor& executor, std::shared_ptr<clock> clock, std::function<void()> ring)
        : strand_(asio::make_strand(executor)), clock_(std::move(clock)), ring_(std::move(ring))
    {}

    void want(std::optional<time_point> at)
    {
        {
            const std::lock_guard lock(mutex_);
            if (wanted_ == at)
                return;
            wanted_ = at;
        }
        asio::post(strand_, [self = shared_from_this()] { self->follow(); });
    }

private:
    std::optional<time_point> wanted()
    {
        const std::lock_guard lock(mutex_);
        return wanted_;
    }

    void follow()
    {
        const auto at = wanted();
        if (at == sleeping_until_)
            return;
        if (sleep_) {
            sleeping_until_.reset();
            std::exchange(sleep_, nullptr)->emit(asio::cancellation_type::terminal);
        }
        if (!at)
            return;
        sleeping_until_ = at;
        sleep_ = std::make_shared<asio::cancellation_signal>();
        const auto slot = sleep_->slot();
        auto woken = [self = shared_from_this(), sleep = sleep_](
                         const std::exception_ptr& problem) { self->woken(sleep, problem == nullptr); };
        asio::co_spawn(strand_, sleep_until(clock_, *at), asio::bind_cancellation_slot(slot, std::move(woken)));
    }

    void woken(const std::shared_ptr<asio::cancellation_signal>& sleep, bool in_time)
    {
        if (sleep != sleep_)
            return; // of a time that was given up
        const auto at = std::exchange(sleeping_until_, std::nullopt);
        sleep_.reset();
        {
            const std::lock_guard lock(mutex_);
            if (wanted_ != at)
                in_time = false;
            else
                wanted_.reset();
        }
        if (in_time)
            ring_();
    }

    const asio::strand<asio::any_io_executor> strand_;
    const std::shared_ptr<clock> clock_;
    const std::function<void()> ring_;

    std::mutex mutex_;
    std::optional<time_point> wanted_;

    std::optional<time_point> sleeping_until_;
    std::shared_ptr<asio::cancellation_signal> sleep_;
};

alarm::alarm(asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> ring)
    : state_(std::make_shared<state>(executor, std::move(clock), std::move(ring)))
{}

alarm::~alarm()
{
    clear();
}

void alarm::set(time_point at)
{
    state_->want(at);
}

void alarm::clear()
{
    state_->want(std::nullopt);
}

} // namespace coauth::sessions
