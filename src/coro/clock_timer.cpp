#include "coro/clock_timer.hpp"

#include "coro/retry_allocation.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <new>
#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

// Rounded up, so that it never ends early.
asio::awaitable<void> sleep_until(std::shared_ptr<clock> clock, clock_timer::time_point at)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - clock->steady_now());
    co_await clock->sleep_for(std::max(left, std::chrono::milliseconds(0)));
}

} // namespace

class clock_timer::state {
public:
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    virtual ~state() = default;

    virtual void plan(std::optional<time_point> at) noexcept = 0;
    virtual void apply() = 0;
};

// Strand: a timer's own strand keeps its type, since as `any_io_executor` it would be copied to the heap where Asio's
// functions may not throw.
template <class Strand>
class clock_timer::state_on final : public state, public std::enable_shared_from_this<state_on<Strand>> {
public:
    state_on(Strand strand, std::shared_ptr<clock> clock, std::function<void()> on_time)
        : strand_(std::move(strand)), clock_(std::move(clock)), on_time_(std::move(on_time)), system_timer_(strand_)
    {}

    void plan(std::optional<time_point> at) noexcept override
    {
        const std::lock_guard lock(mutex_);
        planned_ = at;
    }

    void apply() override
    {
        {
            const std::lock_guard lock(mutex_);
            if (posted_ || planned_ == sleeping_until_)
                return;
            posted_ = true;
        }
        try {
            retry_allocation([&] { asio::post(strand_, [self = this->shared_from_this()] { self->start_posted(); }); });
        } catch (...) {
            const std::lock_guard lock(mutex_);
            posted_ = false;
            throw;
        }
    }

private:
    // The end of a sleep. A sleep whose coroutine Asio destroys for lack of memory ends too: the timer calls early then,
    // or, if that allocation fails, too, sleeps again with the next `apply`.
    class sleep_end {
    public:
        sleep_end(std::shared_ptr<state_on> owner, std::uint64_t sleep, std::shared_ptr<asio::cancellation_signal> kept)
            : owner_(std::move(owner)), sleep_(sleep), kept_(std::move(kept))
        {}
        sleep_end(sleep_end&&) noexcept = default;
        sleep_end& operator=(sleep_end&&) = delete;
        ~sleep_end()
        {
            if (!owner_)
                return;
            try {
                retry_allocation(
                    [this] { asio::post(owner_->strand_, [owner = owner_, sleep = sleep_] { owner->slept(sleep); }); });
            } catch (const std::bad_alloc&) {
                owner_->lost(sleep_);
            }
        }

        void operator()(const std::exception_ptr&) { std::exchange(owner_, nullptr)->slept(sleep_); }

    private:
        std::shared_ptr<state_on> owner_; // empty: called, or moved from
        std::uint64_t sleep_;
        std::shared_ptr<asio::cancellation_signal> kept_; // alive as long as the coroutine
    };

    void start_posted()
    {
        {
            const std::lock_guard lock(mutex_);
            posted_ = false;
        }
        try {
            start_planned();
        } catch (const std::bad_alloc&) {
            call_early();
        }
    }

    // On the strand.
    void start_planned()
    {
        std::optional<time_point> at;
        {
            const std::lock_guard lock(mutex_);
            if (planned_ == sleeping_until_)
                return;
            at = planned_;
            sleeping_until_.reset();
            ++sleep_; // the previous one is obsolete
        }
        stop_sleep();
        if (!at)
            return;
        if (clock_ == system_clock())
            wait(*at);
        else
            sleep(*at);
    }

    void stop_sleep() noexcept
    {
        system_timer_.cancel();
        const auto earlier = std::exchange(cancellation_, nullptr);
        if (!earlier)
            return;
        try {
            earlier->emit(asio::cancellation_type::terminal);
        } catch (const std::bad_alloc&) {
            // It sleeps on, and does not call.
        }
    }

    // The system's clock needs no coroutine.
    void wait(time_point at)
    {
        system_timer_.expires_at(at);
        const auto number = begin_sleep(at);
        try {
            system_timer_.async_wait(
                [self = this->shared_from_this(), number](const boost::system::error_code&) { self->slept(number); });
        } catch (const std::bad_alloc&) {
            lost(number);
            throw;
        }
    }

    std::uint64_t begin_sleep(time_point at) noexcept
    {
        const std::lock_guard lock(mutex_);
        sleeping_until_ = at;
        return sleep_;
    }

    void sleep(time_point at)
    {
        cancellation_ = std::make_shared<asio::cancellation_signal>();
        const auto number = begin_sleep(at);
        const auto slot = cancellation_->slot();
        sleep_end end(this->shared_from_this(), number, cancellation_);
        try {
            asio::co_spawn(strand_, sleep_until(clock_, at), asio::bind_cancellation_slot(slot, std::move(end)));
        } catch (const std::bad_alloc&) {
            // `end` calls.
        }
    }

    void call_early()
    {
        plan(std::nullopt);
        on_time_();
    }

    // A sleep that failed has ended early, so it calls: the owner sets the timer again if there is time left.
    void slept(std::uint64_t sleep)
    {
        {
            const std::lock_guard lock(mutex_);
            if (sleep != sleep_)
                return; // of an obsolete time
            const bool current = planned_ == sleeping_until_;
            sleeping_until_.reset();
            if (!current)
                return;
            planned_.reset();
        }
        cancellation_.reset();
        on_time_();
    }

    void lost(std::uint64_t sleep) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (sleep == sleep_)
            sleeping_until_.reset();
    }

    const Strand strand_;
    const std::shared_ptr<clock> clock_;
    const std::function<void()> on_time_;

    std::mutex mutex_;
    std::optional<time_point> planned_;
    bool posted_ = false;                      ///< `start_planned` is about to run.
    std::optional<time_point> sleeping_until_; ///< Empty: no sleep is current.
    std::uint64_t sleep_ = 0;                  ///< The number of the current sleep.

    // Used on the strand only.
    std::shared_ptr<asio::cancellation_signal> cancellation_;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>
        system_timer_;
};

// Asio copies an `any_io_executor` to the heap where a handler comes back to its strand, and may not throw there.
clock_timer::clock_timer(asio::any_io_executor executor, std::shared_ptr<clock> clock, std::function<void()> on_time)
{
    if (const auto* plain = executor.target<asio::io_context::executor_type>())
        state_ = std::make_shared<state_on<asio::strand<asio::io_context::executor_type>>>(
            asio::make_strand(*plain), std::move(clock), std::move(on_time));
    else
        state_ = std::make_shared<state_on<asio::strand<asio::any_io_executor>>>(
            asio::make_strand(executor), std::move(clock), std::move(on_time));
}

clock_timer::~clock_timer()
{
    try {
        clear();
    } catch (const std::bad_alloc&) {
        // It sleeps on, and does not call.
    }
}

void clock_timer::set(time_point at)
{
    plan(at);
    apply();
}

void clock_timer::clear()
{
    plan(std::nullopt);
    apply();
}

void clock_timer::plan(std::optional<time_point> at) noexcept
{
    state_->plan(at);
}

void clock_timer::apply()
{
    state_->apply();
}

} // namespace coauth
