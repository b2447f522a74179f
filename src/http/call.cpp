#include "http/call.hpp"

#include "coro/retry_allocation.hpp"
#include "http/http1/wire_check.hpp"
#include "http/running_call.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <new>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

// A call whose end resumes a coroutine, on the executor of that.
template <class Handler>
class call_of final : public running_call {
public:
    /// Takes `handler` only if it does not throw.
    call_of(Handler& handler, std::shared_ptr<const pool_setup> setup, std::shared_ptr<shared_pool> pool,
        http::request request)
        : running_call(std::move(setup), std::move(pool), std::move(request)),
          caller_(asio::prefer(
              asio::get_associated_executor(handler, strand()), asio::execution::outstanding_work.tracked)),
          handler_(std::move(handler))
    {}

private:
    using executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using working_executor = std::decay_t<decltype(asio::prefer(
        std::declval<const executor&>(), asio::execution::outstanding_work.tracked))>;

    // Never from within: the caller's code must not run on the call's strand.
    void ended(std::exception_ptr failure, http::response response) noexcept override
    {
        failure_ = std::move(failure);
        response_ = std::move(response);
        try {
            retry_allocation([&] {
                asio::defer(
                    caller_, [call = std::static_pointer_cast<call_of>(this->shared_from_this())] { call->resume(); });
            });
        } catch (const std::bad_alloc&) {
            // The caller waits for ever.
        }
    }

    void resume()
    {
        auto handler = std::move(handler_);
        asio::get_associated_cancellation_slot(handler).clear();
        std::move(handler)(std::exchange(failure_, nullptr), std::move(response_));
    }

    working_executor caller_;
    Handler handler_;
    std::exception_ptr failure_;
    http::response response_;
};

// Asio would emit the caller's signal on the wrong strand, and perhaps on memory that is gone.
void cancel_by(asio::cancellation_slot slot, const std::shared_ptr<running_call>& call)
{
    if (!slot.is_connected())
        return;
    slot.assign([weak = std::weak_ptr(call)](asio::cancellation_type) {
        const auto running = weak.lock();
        try {
            if (running)
                asio::post(running->strand(), [running] { running->cancel(); });
        } catch (const std::bad_alloc&) {
            // It can't be cancelled.
        }
    });
}

struct start_call {
    // Must not throw: Asio would destroy the coroutine.
    template <class Handler>
    void operator()(Handler handler, std::shared_ptr<const pool_setup> setup, std::shared_ptr<shared_pool> pool,
        http::request request) const
    {
        try {
            const auto slot = asio::get_associated_cancellation_slot(handler);
            const std::shared_ptr<running_call> call =
                std::make_shared<call_of<Handler>>(handler, std::move(setup), std::move(pool), std::move(request));
            start(slot, call);
        } catch (...) {
            std::move(handler)(std::current_exception(), response());
        }
    }

    static void start(asio::cancellation_slot slot, const std::shared_ptr<running_call>& call) noexcept
    {
        try {
            cancel_by(slot, call);
            asio::dispatch(call->strand(), [call] { call->start(); });
        } catch (...) {
            call->abandon(std::current_exception());
        }
    }
};

asio::awaitable<response> refused(error reason)
{
    throw reason;
    co_return response();
}

} // namespace

asio::awaitable<response> call(
    std::shared_ptr<const pool_setup> setup, std::shared_ptr<shared_pool> pool, request request)
{
    // Not by the handler, which would run the caller within its own call: one that goes on after each error would go deeper
    // each time.
    if (const auto fit = check_for_the_wire(request); !fit)
        return refused(fit.error());
    return asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr, response)>(
        start_call(), asio::use_awaitable, std::move(setup), std::move(pool), std::move(request));
}

} // namespace coauth::http
