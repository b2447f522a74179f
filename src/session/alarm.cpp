#include "session/alarm.hpp"

#include "coro/retry_allocation.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <exception>
#include <new>
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
        const std::lock_guard lock(mutex_);
        if (wanted_ == at)
            return;
        retry_allocation([&] { asio::post(strand_, [self = shared_from_this()] { self->follow(); }); });
        wanted_ = at;
    }

private:
    // The end of a sleep. A sleep whose coroutine Asio destroys for want of memory ends too: the alarm rings early then.
    class wake_up {
    public:
        wake_up(std::shared_ptr<state> owner, std::shared_ptr<asio::cancellation_signal> sleep)
            : owner_(std::move(owner)), sleep_(std::move(sleep))
        {}
        wake_up(wake_up&&) noexcept = default;
        wake_up& operator=(wake_up&&) = delete;
        ~wake_up()
        {
            if (!owner_)
                return;
            try {
                asio::post(owner_->strand_, [owner = owner_, sleep = sleep_] { owner->woken(sleep); });
            } catch (const std::bad_alloc&) {}
        }

        void operator()(const std::exception_ptr&) { std::exchange(owner_, nullptr)->woken(sleep_); }

    private:
        std::shared_ptr<state> owner_; // empty: called, or moved away
        std::shared_ptr<asio::cancellation_signal> sleep_;
    };

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
        retry_allocation([&] { sleep_ = std::make_shared<asio::cancellation_signal>(); });
        sleeping_until_ = at;
        const auto slot = sleep_->slot();
        wake_up end(shared_from_this(), sleep_);
        try {
            asio::co_spawn(strand_, sleep_until(clock_, *at), asio::bind_cancellation_slot(slot, std::move(end)));
        } catch (const std::bad_alloc&) {
            // `end` rings.
        }
    }

    // A sleep that failed has ended early, and so it rings: its owner sets the alarm anew if there is time left.
    void woken(const std::shared_ptr<asio::cancellation_signal>& sleep)
    {
        if (sleep != sleep_)
            return; // of a time that was given up
        const auto at = std::exchange(sleeping_until_, std::nullopt);
        sleep_.reset();
        {
            const std::lock_guard lock(mutex_);
            if (wanted_ != at)
                return;
            wanted_.reset();
        }
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
    try {
        clear();
    } catch (const std::bad_alloc&) {
        // It rings once more, for an owner that is gone.
    }
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
