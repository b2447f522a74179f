// Runs a coroutine on another strand, and returns to the caller's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace coauth {

namespace call_on_detail {

// The result of an operation. Its owner is the only owner of the exception; `co_spawn` would share the
// exception object between both strands for a while.
template <class T>
struct outcome {
    outcome() = default;

    std::optional<T> value;
    std::exception_ptr error;
};
template <>
struct outcome<void> {
    outcome() = default;

    std::exception_ptr error;
};

template <class T>
boost::asio::awaitable<outcome<T>> outcome_of(boost::asio::awaitable<T> op)
{
    // `co_spawn` passes terminal cancellation only, unless the coroutine asks for more.
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    outcome<T> out;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
        } else {
            T value = co_await std::move(op);
            out.value.emplace(std::move(value));
        }
    } catch (...) {
        out.error = std::current_exception();
    }
    co_return std::move(out);
}

// Called with the signal before the operation starts, and once it has ended.
struct no_watch {
    void begin(const std::shared_ptr<boost::asio::cancellation_signal>&) {}
    void end() {}
};

// For a cancellation: its emitter can't do anything about a lack of memory, and may be a posted handler.
template <class Step>
void unless_out_of_memory(Step step) noexcept
{
    try {
        step();
    } catch (const std::bad_alloc&) {}
}

struct start {
    template <class Handler, class Executor, class T, class Watch>
    void operator()(Handler handler, Executor target, boost::asio::awaitable<T> op, Watch watch) const
    {
        namespace asio = boost::asio;

        // Asio 1.81 would emit the caller's signal on the wrong strand and on freed memory. So the
        // running coroutine gets a signal of its own, which belongs to its strand: emitted there,
        // owned there, destroyed with the operation. The caller's signal refers to it weakly.
        auto signal = std::make_shared<asio::cancellation_signal>();
        auto caller_slot = asio::get_associated_cancellation_slot(handler);
        if (caller_slot.is_connected())
            caller_slot.assign([weak = std::weak_ptr(signal), target](asio::cancellation_type type) {
                unless_out_of_memory([&] {
                    asio::post(target, [weak, type] {
                        if (const auto running = weak.lock())
                            unless_out_of_memory([&] { running->emit(type); });
                    });
                });
            });

        auto back =
            asio::prefer(asio::get_associated_executor(handler, target), asio::execution::outstanding_work.tracked);
        watch.begin(signal);
        const auto slot = signal->slot();
        auto done = [handler = std::move(handler), back, signal = std::move(signal), watch](
                        std::exception_ptr error, outcome<T> out) mutable {
            watch.end();
            // Posted, not called: the caller's code must not run inside the target strand.
            asio::post(back, [handler = std::move(handler), error, out = std::move(out)]() mutable {
                std::move(handler)(error, std::move(out));
            });
        };
        asio::co_spawn(target, outcome_of(std::move(op)), asio::bind_cancellation_slot(slot, std::move(done)));
    }
};

template <class Executor, class T, class Watch>
boost::asio::awaitable<T> run(Executor target, boost::asio::awaitable<T> op, Watch watch)
{
    using signature = void(std::exception_ptr, outcome<T>);
    auto out = co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), signature>(
        start(), boost::asio::use_awaitable, std::move(target), std::move(op), std::move(watch));
    if (out.error)
        std::rethrow_exception(std::move(out.error));
    if constexpr (!std::is_void_v<T>)
        co_return std::move(*out.value);
}

} // namespace call_on_detail

/// Runs `op` on `target` (a strand, or a context that one thread runs) and returns what it returned, on the caller's executor.
///
/// Every hop in coauth goes through here, because cancelling from another strand is a use after free
/// in Asio 1.81 itself. All cancellation types reach `op`; without memory a cancellation is dropped.
///
/// Thread safety: safe. Lifetime: `op` runs to its end even if the caller's coroutine is destroyed.
template <class Executor, class T>
boost::asio::awaitable<T> call_on(Executor target, boost::asio::awaitable<T> op)
{
    return call_on_detail::run(std::move(target), std::move(op), call_on_detail::no_watch());
}

} // namespace coauth
