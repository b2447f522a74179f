#include "coro/retry_allocation.hpp"
#include "session/logins/ticket.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// The result that a coroutine is resumed with: an outcome, or an exception of its own, for the coroutines may be on
// different threads.
class resumption {
public:
    resumption(bool cancelled, const login_end& end) noexcept
    {
        try {
            if (cancelled)
                problem = std::make_exception_ptr(error(errc::cancelled));
            else if (end->has_error())
                problem = std::make_exception_ptr(end->error());
            else
                outcome = end->value();
        } catch (...) {
            problem = std::current_exception();
        }
    }

    std::exception_ptr problem;
    login_outcome outcome;
};

} // namespace

template <class Handler>
class ticket_table::suspended_with final : public suspended {
public:
    suspended_with(Handler handler, ticket_ptr ticket) : handler_(std::move(handler)), ticket_(std::move(ticket)) {}

    // The posted function holds the node until the coroutine resumes, which empties its slot: so a slot that is not
    // empty never refers to a destroyed node.
    void resume(bool cancelled) override
    {
        const auto executor = asio::get_associated_executor(handler_);
        retry_allocation([&] {
            asio::post(executor, [self = boost::intrusive_ptr(this), cancelled]() mutable {
                resumption result(cancelled, self->ticket_->table_->end_of(*self->ticket_));
                auto handler = std::move(self->handler_);
                self.reset();
                std::move(handler)(std::move(result.problem), std::move(result.outcome));
            });
        });
    }

    Handler take_handler() { return std::move(handler_); }

private:
    Handler handler_;
    const ticket_ptr ticket_;
};

struct ticket_table::suspend {
    explicit suspend(ticket_ptr awaited) : ticket(std::move(awaited)) {}

    ticket_ptr ticket; // an argument of the initiation would be in the coroutine's frame beside it

    // Must not throw: Asio would destroy the coroutine. Without memory the wait ends at once.
    template <class Handler>
    void operator()(Handler handler)
    {
        login::ticket& t = *ticket;
        const auto table = t.table_;
        boost::intrusive_ptr<suspended_with<Handler>> ours;
        try {
            auto slot = asio::get_associated_cancellation_slot(handler);
            ours = new suspended_with<Handler>(std::move(handler), std::move(ticket));
            // Install the cancellation handler before publishing the waiter: once published it may be resumed at once.
            // The handler may be called more than once until then.
            if (slot.is_connected())
                slot.assign([waiter = ours.get(), &t](asio::cancellation_type) {
                    const boost::intrusive_ptr<suspended> kept(waiter); // and with it the ticket and the table
                    t.table_->cancel(t, *waiter);
                });
            if (!table->add(t, *ours))
                ours->resume(false);
        } catch (...) {
            auto unused = ours ? ours->take_handler() : std::move(handler);
            ours.reset();
            std::move(unused)(std::current_exception(), login_outcome());
        }
    }
};

// No coroutine of its own: its frame would be the largest part of what a waiting coroutine costs.
asio::awaitable<login_outcome> ticket_table::wait(ticket_ptr ticket)
{
    return asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr, login_outcome)>(
        suspend(std::move(ticket)), asio::use_awaitable);
}

} // namespace coauth::sessions
