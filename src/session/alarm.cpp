#include "session/alarm.hpp"

#include "coro/retry_allocation.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstdint>
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

class alarm::state : public std::enable_shared_from_this<alarm::state> {
public:
    state(const asio::any_io_executor& executor, std::shared_ptr<clock> clock, std::function<void()> ring)
        : strand_(asio::make_strand(executor)), clock_(std::move(clock)), ring_(std::move(ring))
    {}

    void plan(std::optional<time_point> at) noexcept
    {
        const std::lock_guard lock(mutex_);
        planned_ = at;
    }

    void apply()
    {
        {
            const std::lock_guard lock(mutex_);
            if (posted_ || planned_ == sleeping_until_)
                return;
            posted_ = true;
        }
        try {
            retry_allocation([&] { asio::post(strand_, [self = shared_from_this()] { self->follow(); }); });
        } catch (...) {
            const std::lock_guard lock(mutex_);
            posted_ = false;
            throw;
        }
    }

private:
    // The end of a sleep. A sleep whose coroutine Asio destroys for want of memory ends too: the alarm rings early then,
    // or, if there is no memory for that either, sleeps again with the next `apply`.
    class wake_up {
    public:
        wake_up(std::shared_ptr<state> owner, std::uint64_t sleep, std::shared_ptr<asio::cancellation_signal> kept)
            : owner_(std::move(owner)), sleep_(sleep), kept_(std::move(kept))
        {}
        wake_up(wake_up&&) noexcept = default;
        wake_up& operator=(wake_up&&) = delete;
        ~wake_up()
        {
            if (!owner_)
                return;
            try {
                retry_allocation(
                    [this] { asio::post(owner_->strand_, [owner = owner_, sleep = sleep_] { owner->woken(sleep); }); });
            } catch (const std::bad_alloc&) {
                owner_->lost(sleep_);
            }
        }

        void operator()(const std::exception_ptr&) { std::exchange(owner_, nullptr)->woken(sleep_); }

    private:
        std::shared_ptr<state> owner_; // empty: called, or moved away
        std::uint64_t sleep_;
        std::shared_ptr<asio::cancellation_signal> kept_; // as long as the coroutine
    };

    // On the strand.
    void follow()
    {
        std::optional<time_point> at;
        {
            const std::lock_guard lock(mutex_);
            posted_ = false;
            if (planned_ == sleeping_until_)
                return;
            at = planned_;
            sleeping_until_.reset();
            ++sleep_; // the one before has been given up
        }
        stop_sleep();
        if (!at)
            return;
        try {
            sleep(*at);
        } catch (const std::bad_alloc&) {
            ring_early();
        }
    }

    void stop_sleep() noexcept
    {
        const auto earlier = std::exchange(cancellation_, nullptr);
        if (!earlier)
            return;
        try {
            earlier->emit(asio::cancellation_type::terminal);
        } catch (const std::bad_alloc&) {
            // It sleeps on, and does not ring.
        }
    }

    void sleep(time_point at)
    {
        cancellation_ = std::make_shared<asio::cancellation_signal>();
        std::uint64_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            sleeping_until_ = at;
            number = sleep_;
        }
        const auto slot = cancellation_->slot();
        wake_up end(shared_from_this(), number, cancellation_);
        try {
            asio::co_spawn(strand_, sleep_until(clock_, at), asio::bind_cancellation_slot(slot, std::move(end)));
        } catch (const std::bad_alloc&) {
            // `end` rings.
        }
    }

    void ring_early()
    {
        plan(std::nullopt);
        ring_();
    }

    // A sleep that failed has ended early, and so it rings: its owner sets the alarm anew if there is time left.
    void woken(std::uint64_t sleep)
    {
        {
            const std::lock_guard lock(mutex_);
            if (sleep != sleep_)
                return; // of a time that was given up
            const bool wanted = planned_ == sleeping_until_;
            sleeping_until_.reset();
            if (!wanted)
                return;
            planned_.reset();
        }
        cancellation_.reset();
        ring_();
    }

    void lost(std::uint64_t sleep) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (sleep == sleep_)
            sleeping_until_.reset();
    }

    const asio::strand<asio::any_io_executor> strand_;
    const std::shared_ptr<clock> clock_;
    const std::function<void()> ring_;

    std::mutex mutex_;
    std::optional<time_point> planned_;
    bool posted_ = false;                      ///< `follow` is about to run.
    std::optional<time_point> sleeping_until_; ///< Empty: nothing sleeps that is to ring.
    std::uint64_t sleep_ = 0;                  ///< The number of the sleep that is to ring.

    std::shared_ptr<asio::cancellation_signal> cancellation_; ///< Touched on the strand only.
};

alarm::alarm(asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> ring)
    : state_(std::make_shared<state>(executor, std::move(clock), std::move(ring)))
{}

alarm::~alarm()
{
    try {
        clear();
    } catch (const std::bad_alloc&) {
        // It sleeps on, and does not ring.
    }
}

void alarm::set(time_point at)
{
    plan(at);
    apply();
}

void alarm::clear()
{
    plan(std::nullopt);
    apply();
}

void alarm::plan(std::optional<time_point> at) noexcept
{
    state_->plan(at);
}

void alarm::apply()
{
    state_->apply();
}

} // namespace coauth::sessions
