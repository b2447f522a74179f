#include "coro/thread_completion.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <new>
#include <thread>
#include <utility>

namespace coauth {

namespace asio = boost::asio;

// Those that wait on one context, in a ring. Asio calls `shutdown` when the context is destroyed.
class thread_completion::of_context final : public asio::execution_context::service {
public:
    using key_type = of_context;
    static inline asio::execution_context::id id;

    explicit of_context(asio::execution_context& context) : service(context)
    {
        ring_.previous_ = &ring_;
        ring_.next_ = &ring_;
    }

    void add(thread_completion& waiting) noexcept
    {
        const std::lock_guard lock(mutex_);
        waiting.previous_ = ring_.previous_;
        waiting.next_ = &ring_;
        ring_.previous_->next_ = &waiting;
        ring_.previous_ = &waiting;
    }

    void remove(thread_completion& waiting) noexcept
    {
        const std::lock_guard lock(mutex_);
        unlink(waiting);
    }

    // Destroys the coroutines, without the lock: they remove themselves.
    void shutdown() override
    {
        while (const auto first = take_first())
            first->abandon();
    }

private:
    static void unlink(thread_completion& waiting) noexcept
    {
        if (!waiting.next_)
            return;
        waiting.previous_->next_ = waiting.next_;
        waiting.next_->previous_ = waiting.previous_;
        waiting.previous_ = nullptr;
        waiting.next_ = nullptr;
    }

    std::shared_ptr<thread_completion> take_first()
    {
        const std::lock_guard lock(mutex_);
        if (ring_.next_ == &ring_)
            return nullptr;
        auto first = ring_.next_->shared_from_this(); // its coroutine holds it
        unlink(*first);
        return first;
    }

    std::mutex mutex_;
    thread_completion ring_; // not one itself
};

class thread_completion::registration {
public:
    registration(of_context& context, thread_completion& waiting) : context_(context), waiting_(waiting)
    {
        context_.add(waiting_);
    }
    ~registration()
    {
        // The other thread is in Asio until `complete` ends, later perhaps than the coroutine that it resumed.
        const std::lock_guard lock(waiting_.mutex_);
        context_.remove(waiting_);
    }
    registration(const registration&) = delete;
    registration& operator=(const registration&) = delete;

private:
    of_context& context_;
    thread_completion& waiting_;
};

thread_completion::thread_completion() : done_(std::make_unique<one_shot>())
{}

thread_completion::~thread_completion() = default;

void thread_completion::complete() noexcept
{
    for (;;) {
        try {
            const std::lock_guard lock(mutex_); // the context can't go meanwhile, see `registration`
            if (done_)
                done_->fire();
            return;
        } catch (const std::bad_alloc&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

asio::awaitable<void> thread_completion::wait(std::shared_ptr<thread_completion> self)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::execution_context& context = asio::query(executor, asio::execution::context);
    const registration registered(asio::use_service<of_context>(context), *self);
    co_await self->done_->wait();
}

void thread_completion::abandon() noexcept
{
    std::unique_ptr<one_shot> left;
    {
        const std::lock_guard lock(mutex_);
        left = std::move(done_);
    }
}

} // namespace coauth
