#include "unit/coro/emission.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>

namespace asio = boost::asio;
using namespace coauth;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> forever()
{
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> seven()
{
    co_return 7;
}

template <class T>
result<T> run(asio::awaitable<T> op)
{
    asio::io_context io;
    std::optional<result<T>> out;
    asio::co_spawn(io, as_result(std::move(op)), [&](std::exception_ptr e, result<T> r) {
        REQUIRE_FALSE(e);
        out.emplace(std::move(r));
    });
    io.run();
    REQUIRE(out);
    return std::move(*out);
}

} // namespace

TEST_CASE("cancel_after: an operation within its limit is not cancelled")
{
    CHECK(run(cancel_after(1h, seven())).value() == 7);
}

TEST_CASE("cancel_after: an operation over its limit is cancelled")
{
    CHECK(run(cancel_after(1ms, forever())).error().reason() == errc::timeout);
}

namespace {

asio::awaitable<void> waits_to_send(bool sent)
{
    const auto ended = co_await as_result(forever());
    REQUIRE_FALSE(ended);
    throw sent ? error(errc::cancelled) : error(errc::cancelled).with_not_sent();
}

} // namespace

TEST_CASE("cancel_after: a time-out of what was not sent says so")
{
    for (const bool sent : {false, true}) {
        const auto out = run(cancel_after(1ms, waits_to_send(sent)));
        CHECK(out.error().reason() == errc::timeout);
        CHECK(out.error().not_sent() == !sent);
    }
}

TEST_CASE("cancel_after: the caller's cancellation is not a time-out")
{
    asio::io_context io;
    asio::cancellation_signal cancel;
    std::optional<errc> why;
    asio::co_spawn(
        io, cancel_after(1h, forever()), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
            try {
                std::rethrow_exception(e);
            } catch (...) {
                why = error_from_current_exception().reason();
            }
        }));
    asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
    io.run();
    CHECK(why == errc::cancelled);
}

TEST_CASE("cancel_after: its limit and any cancellation, emitted once or twice in the same turn, end it once")
{
    for (const auto& cancellation : testing::all_emissions())
        for (const bool limit_passes : {false, true}) {
            asio::io_context io;
            asio::cancellation_signal cancel;
            int completions = 0;
            std::optional<errc> reason;
            const auto wait = [](bool passes) -> asio::awaitable<void> {
                co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
                const std::chrono::milliseconds limit = passes ? 0ms : 1h;
                co_await cancel_after(limit, forever());
            };
            asio::co_spawn(
                io, wait(limit_passes), asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& e) {
                    ++completions;
                    try {
                        std::rethrow_exception(e);
                    } catch (...) {
                        reason = error_from_current_exception().reason();
                    }
                    testing::emit_all_types(cancel);
                }));
            asio::post(io, [&] { cancellation.emit(cancel); });
            io.run();
            testing::emit_all_types(cancel);
            io.restart();
            io.run();
            CHECK(completions == 1);
            CHECK((reason == errc::cancelled || (limit_passes && reason == errc::timeout)));
        }
}
