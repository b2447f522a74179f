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

TEST_CASE("an operation that is quick enough is left alone")
{
    CHECK(run(cancel_after(1h, seven())).value() == 7);
}

TEST_CASE("an operation over its limit is cancelled")
{
    CHECK(run(cancel_after(1ms, forever())).error().reason() == errc::timeout);
}

TEST_CASE("the caller's cancellation is no timeout")
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
