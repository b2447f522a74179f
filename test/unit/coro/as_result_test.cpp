#include <coauth/coro/as_result.hpp>

#include <stdexcept>

using namespace coauth;
namespace asio = boost::asio;

namespace {

template <class T>
asio::awaitable<T> giving(T value)
{
    co_return value;
}

asio::awaitable<int> throwing(std::exception_ptr thrown_error)
{
    std::rethrow_exception(thrown_error);
    co_return 0;
}

// What `as_result` returns of an operation that throws `thrown_error`.
error caught(std::exception_ptr thrown_error)
{
    asio::io_context context;
    error out;
    const auto run = [](std::exception_ptr thrown, error& into) -> asio::awaitable<void> {
        const auto r = co_await as_result(throwing(thrown));
        if (!r)
            into = r.error();
    };
    asio::co_spawn(context, run(thrown_error, out), asio::detached);
    context.run();
    return out;
}

} // namespace

TEST_CASE("as_result: it returns the value of the operation")
{
    asio::io_context context;
    int number = 0;
    std::unique_ptr<int> moved;
    bool nothing = false;
    const auto run = [&]() -> asio::awaitable<void> {
        auto n = co_await as_result(giving(7));
        number = n.value();
        auto m = co_await as_result(giving(std::make_unique<int>(8)));
        moved = std::move(m).value();
        asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::seconds(0));
        auto v = co_await as_result(timer.async_wait(asio::use_awaitable));
        nothing = v.has_value();
    };
    asio::co_spawn(context, run(), asio::detached);
    context.run();
    CHECK(number == 7);
    REQUIRE(moved);
    CHECK(*moved == 8);
    CHECK(nothing);
}

TEST_CASE("as_result: it returns the error that was thrown, with a code of coauth's for Asio's own")
{
    const auto ptr = [](const auto& e) { return std::make_exception_ptr(e); };
    const auto e = caught(ptr(error(errc::rate_limited, "slow down").with_hint("wait")));
    CHECK(e.reason() == errc::rate_limited);
    CHECK(e.hint().value_or("") == "wait");
    using boost::system::system_error;
    CHECK(caught(ptr(system_error(asio::error::operation_aborted))).reason() == errc::cancelled);
    CHECK(caught(ptr(system_error(asio::error::timed_out))).reason() == errc::timeout);
    CHECK(caught(ptr(system_error(asio::error::connection_reset))).reason() == errc::connection_lost);
}

TEST_CASE("as_result: an exception that is not a system error passes through")
{
    asio::io_context context;
    std::exception_ptr escaped;
    const auto run = []() -> asio::awaitable<void> {
        co_await as_result(throwing(std::make_exception_ptr(std::logic_error("a bug"))));
    };
    asio::co_spawn(context, run(), [&](std::exception_ptr e) { escaped = e; });
    context.run();
    REQUIRE(escaped);
    CHECK_THROWS_AS(std::rethrow_exception(escaped), std::logic_error);
}
