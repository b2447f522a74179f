#include "session/ticket.hpp"

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

template <class Handler>
class ticket_table::suspended_with final : public suspended {
public:
    suspended_with(Handler handler, ticket_ptr ticket) : handler_(std::move(handler)), ticket_(std::move(ticket)) {}

    // What is posted holds the node itself until the coroutine resumes, which is when its slot empties:
    // so a slot that is not empty never points at a node that is gone.
    void resume(std::unique_ptr<suspended> self, login_end how) override
    {
        auto executor = asio::get_associated_executor(handler_);
        asio::post(executor, [self = std::move(self), how = std::move(how)]() mutable {
            auto handler = std::move(static_cast<suspended_with&>(*self).handler_);
            self.reset();
            // Each gets an exception of its own, for they may be on different threads.
            if (!how)
                std::move(handler)(std::make_exception_ptr(error(errc::cancelled)), login_outcome());
            else if (how->has_error())
                std::move(handler)(std::make_exception_ptr(how->error()), login_outcome());
            else
                std::move(handler)(std::exception_ptr(), how->value());
        });
    }

private:
    Handler handler_;
    const ticket_ptr ticket_;
};

struct ticket_table::suspend {
    template <class Handler>
    void operator()(Handler handler, ticket_ptr ticket) const
    {
        login::ticket& t = *ticket;
        const auto table = t.table_;
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto made = std::make_unique<suspended_with<Handler>>(std::move(handler), std::move(ticket));
        suspended* const ours = made.get();
        // First the way out, then the door: once added, it may be resumed at once.
        if (slot.is_connected())
            slot.assign([ours, &t](asio::cancellation_type) {
                const auto kept = t.table_; // `ours` keeps the ticket, as long as it is there
                if (kept->take_out(t, *ours))
                    ours->resume(std::unique_ptr<suspended>(ours), nullptr);
            });
        if (table->add(t, *ours))
            made.release();
        else
            ours->resume(std::move(made), table->end_of(t));
    }
};

// No coroutine of its own: its frame would be the largest part of what a waiting coroutine costs.
asio::awaitable<login_outcome> ticket_table::wait(ticket_ptr ticket)
{
    return asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr, login_outcome)>(
        suspend(), asio::use_awaitable, std::move(ticket));
}

} // namespace coauth::sessions
