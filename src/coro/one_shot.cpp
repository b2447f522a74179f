#include "coro/retry_allocation.hpp"

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <exception>
#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

// Made where it is thrown, for exceptions need memory as well: then it is `std::bad_alloc`.
std::exception_ptr aborted() noexcept
{
    try {
        return std::make_exception_ptr(boost::system::system_error(make_error_code(asio::error::operation_aborted)));
    } catch (...) {
        return std::current_exception();
    }
}

} // namespace

// A suspended coroutine, independent of its handler's type. Counted, so that it is still there if posting fails.
class one_shot::waiting : public boost::intrusive_ref_counter<waiting, boost::thread_safe_counter> {
public:
    virtual ~waiting() = default;

    /// Resumes the coroutine on its own executor, never from within. Throws `std::bad_alloc`, and can be called again
    /// then.
    virtual void resume(bool cancelled) = 0;
};

template <class Handler>
class one_shot::waiting_with final : public waiting {
public:
    explicit waiting_with(Handler handler) : handler_(std::move(handler)) {}

    void resume(bool cancelled) override
    {
        const auto executor = asio::get_associated_executor(handler_);
        retry_allocation([&] {
            asio::post(executor, [self = boost::intrusive_ptr(this), cancelled]() mutable {
                auto handler = std::move(self->handler_);
                self.reset();
                std::move(handler)(cancelled ? aborted() : std::exception_ptr());
            });
        });
    }

    Handler take_handler() { return std::move(handler_); }

private:
    Handler handler_;
};

one_shot::waiting* one_shot::gone() noexcept
{
    alignas(void*) static char mark;
    return reinterpret_cast<waiting*>(&mark);
}

struct one_shot::start {
    // Must not throw: Asio would destroy the coroutine. Without memory the wait ends at once.
    template <class Handler>
    void operator()(Handler handler, one_shot* self) const
    {
        boost::intrusive_ptr<waiting_with<Handler>> made;
        try {
            const auto slot = asio::get_associated_cancellation_slot(handler);
            made = new waiting_with<Handler>(std::move(handler));
            self->publish(*made, slot);
        } catch (...) {
            auto unused = made ? made->take_handler() : std::move(handler);
            made.reset();
            std::move(unused)(std::current_exception());
        }
    }
};

void one_shot::publish(waiting& ours, asio::cancellation_slot slot)
{
    // Install the cancellation handler before publishing the waiter: once published it may be resumed at once. The
    // slot empties when the coroutine resumes; until then the handler may be called more than once, and only the first
    // call finds the waiter in its place.
    if (slot.is_connected())
        slot.assign([this, waiter = &ours](asio::cancellation_type) { cancel(waiter); });
    waiting* none = nullptr;
    intrusive_ptr_add_ref(&ours); // for `state_`
    if (state_.compare_exchange_strong(none, &ours))
        return;
    intrusive_ptr_release(&ours);
    ours.resume(false);
}

// After a failed attempt to resume it, so that it waits on and can be resumed later.
bool one_shot::put_back(waiting& ours, waiting* expected) noexcept
{
    intrusive_ptr_add_ref(&ours);
    if (state_.compare_exchange_strong(expected, &ours))
        return true;
    intrusive_ptr_release(&ours);
    return false;
}

void one_shot::cancel(waiting* ours) noexcept
{
    waiting* expected = ours;
    if (!state_.compare_exchange_strong(expected, nullptr))
        return;
    const boost::intrusive_ptr<waiting> removed(ours, false);
    try {
        removed->resume(true);
    } catch (...) {
        resume_later(*removed);
    }
}

// Not cancelled: it waits on, unless it was fired meanwhile.
void one_shot::resume_later(waiting& ours) noexcept
{
    if (put_back(ours, nullptr))
        return;
    try {
        ours.resume(false);
    } catch (...) {
        put_back(ours, gone());
    }
}

one_shot::~one_shot()
{
    waiting* const left = state_.load();
    if (left != nullptr && left != gone())
        intrusive_ptr_release(left);
}

void one_shot::fire()
{
    waiting* const found = state_.exchange(gone());
    if (found == nullptr || found == gone())
        return;
    const boost::intrusive_ptr<waiting> removed(found, false);
    try {
        removed->resume(false);
    } catch (...) {
        put_back(*removed, gone());
        throw;
    }
}

bool one_shot::fired() const noexcept
{
    return state_.load() == gone();
}

asio::awaitable<void> one_shot::wait()
{
    return asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr)>(
        start(), asio::use_awaitable, this);
}

} // namespace coauth
