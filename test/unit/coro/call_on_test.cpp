#include "unit/coro/emission.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/call_on.hpp>
#include <coauth/coro/one_shot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace coauth;
namespace asio = boost::asio;
using strand = asio::strand<asio::io_context::executor_type>;

namespace {

void run_on_threads(asio::io_context& context, int threads)
{
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i)
        others.emplace_back([&] { context.run(); });
    context.run();
    for (auto& t : others)
        t.join();
}

asio::awaitable<bool> inside(strand s)
{
    co_return s.running_in_this_thread();
}

asio::awaitable<int> failing()
{
    throw error(errc::not_found, "no such user");
    co_return 0;
}

asio::awaitable<void> waiting(std::chrono::microseconds time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace

TEST_CASE("call_on: the operation runs on its strand, and the caller continues on its own")
{
    asio::io_context context;
    const strand caller = asio::make_strand(context);
    const strand target = asio::make_strand(context);
    bool in_target = false;
    bool back = false;
    bool left = false;
    const auto run = [&]() -> asio::awaitable<void> {
        in_target = co_await call_on(target, inside(target));
        back = caller.running_in_this_thread();
        left = !target.running_in_this_thread();
    };
    asio::co_spawn(caller, run(), asio::detached);
    context.run();
    CHECK(in_target);
    CHECK(back);
    CHECK(left);
}

TEST_CASE("call_on: it returns values, move-only values, void and errors")
{
    asio::io_context context;
    const strand target = asio::make_strand(context);
    const auto number = [](int n) -> asio::awaitable<std::unique_ptr<int>> { co_return std::make_unique<int>(n); };
    std::unique_ptr<int> got;
    bool done = false;
    error e;
    const auto run = [&]() -> asio::awaitable<void> {
        got = co_await call_on(target, number(7));
        co_await call_on(target, waiting(std::chrono::microseconds(0)));
        done = true;
        const auto r = co_await as_result(call_on(target, failing()));
        e = r.error();
    };
    asio::co_spawn(context, run(), asio::detached);
    context.run();
    REQUIRE(got);
    CHECK(*got == 7);
    CHECK(done);
    CHECK(e.reason() == errc::not_found);
}

TEST_CASE("call_on: every type of cancellation that the caller allows reaches the operation")
{
    for (const auto type :
        {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        asio::io_context context;
        const strand target = asio::make_strand(context);
        asio::cancellation_signal signal;
        error e;
        const auto run = [&]() -> asio::awaitable<void> {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            co_await asio::this_coro::throw_if_cancelled(false);
            const auto r = co_await as_result(call_on(target, waiting(std::chrono::hours(1))));
            e = r.error();
        };
        asio::co_spawn(context, run(), asio::bind_cancellation_slot(signal.slot(), asio::detached));
        asio::post(context, [&] { signal.emit(type); });
        context.run();
        CHECK(e.reason() == errc::cancelled);
    }
}

TEST_CASE("call_on: a signal after the end of the operation does nothing")
{
    asio::io_context context;
    const strand target = asio::make_strand(context);
    asio::cancellation_signal signal;
    bool done = false;
    const auto run = [&]() -> asio::awaitable<void> {
        co_await call_on(target, waiting(std::chrono::microseconds(0)));
        done = true;
    };
    asio::co_spawn(context, run(), asio::bind_cancellation_slot(signal.slot(), asio::detached));
    context.run();
    CHECK(done);
    signal.emit(asio::cancellation_type::all);
    context.restart();
    context.run();
}

TEST_CASE("call_on: a cancellation at any step, emitted once or twice, ends the call once")
{
    constexpr std::size_t latest = 12;
    int cancelled = 0;
    int returned = 0;
    for (const auto& cancellation : testing::all_emissions())
        for (std::size_t begin = 0; begin <= latest; ++begin) {
            asio::io_context context;
            const strand caller = asio::make_strand(context);
            const strand target = asio::make_strand(context);
            asio::cancellation_signal signal;
            one_shot woken;
            int completions = 0;
            error failure;
            const auto run = [&]() -> asio::awaitable<void> {
                co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
                co_await asio::this_coro::throw_if_cancelled(false);
                const auto r = co_await as_result(call_on(target, woken.wait()));
                if (!r)
                    failure = r.error();
            };
            auto done = [&](const std::exception_ptr& e) {
                CHECK(e == nullptr);
                ++completions;
                testing::emit_all_types(signal);
            };
            asio::co_spawn(caller, run(), asio::bind_cancellation_slot(signal.slot(), done));
            constexpr std::size_t fired_before = latest / 2;
            for (std::size_t step = 0; step <= latest + 1 || !context.stopped(); ++step) {
                cancellation.before_step(step, begin, signal);
                if (step == fired_before)
                    woken.fire();
                context.restart();
                context.poll_one();
            }
            testing::emit_all_types(signal);
            context.restart();
            context.poll();
            CHECK(completions == 1);
            CHECK((failure.reason() == errc::cancelled || failure.reason() == error().reason()));
            ++(failure.reason() == errc::cancelled ? cancelled : returned);
        }
    CHECK(cancelled > 20);
    CHECK(returned > 20);
}

// Asio 1.81 by itself uses freed memory here. One strand waits on another while a third party, on the
// caller's strand, cancels at about the moment the wait is over. Sanitizers watch.
TEST_CASE("call_on: cancelling may race with completing, across strands and threads")
{
    struct race {
        explicit race(asio::io_context& context)
            : caller(asio::make_strand(context)), target(asio::make_strand(context)), timer(caller)
        {}

        strand caller;
        strand target;
        asio::steady_timer timer;
        asio::cancellation_signal signal;
    };
    constexpr int rounds = 3000;
    constexpr int at_a_time = 8;
    asio::io_context context;
    std::atomic<int> started = 0;
    std::atomic<int> completed = 0;
    std::atomic<int> cancelled = 0;
    std::atomic<int> other = 0;

    const auto once = [&](std::shared_ptr<race> r, int n) -> asio::awaitable<void> {
        try {
            co_await call_on(r->target, waiting(std::chrono::microseconds(n % 50 * 20)));
            ++completed;
        } catch (const boost::system::system_error& e) {
            ++(e.code() == asio::error::operation_aborted ? cancelled : other);
        }
    };
    std::function<void()> next = [&] {
        const int n = started++;
        if (n >= rounds)
            return;
        auto r = std::make_shared<race>(context);
        asio::post(r->caller, [&, r, n] {
            asio::co_spawn(
                r->caller, once(r, n), asio::bind_cancellation_slot(r->signal.slot(), [&, r](std::exception_ptr) {
                    r->timer.cancel();
                    next();
                }));
            r->timer.expires_after(std::chrono::microseconds(n / 50 % 50 * 20)); // earlier, later, and at the same time
            r->timer.async_wait([r](boost::system::error_code ec) {
                if (!ec)
                    r->signal.emit(asio::cancellation_type::terminal);
            });
        });
    };
    for (int i = 0; i < at_a_time; ++i)
        next();
    run_on_threads(context, 3);
    CHECK(completed + cancelled == rounds);
    CHECK(other == 0);
    CHECK(completed > 0);
    CHECK(cancelled > 0);
}

TEST_CASE("call_on: an error keeps all its parts across strands and threads")
{
    asio::io_context context;
    constexpr int rounds = 500;
    std::atomic<int> right = 0;
    const auto run = [&](strand target) -> asio::awaitable<void> {
        for (int i = 0; i < rounds; ++i) {
            const auto r = co_await as_result(call_on(target, failing()));
            if (r.error().message() == "no such user")
                ++right;
        }
    };
    for (int i = 0; i < 4; ++i)
        asio::co_spawn(asio::make_strand(context), run(asio::make_strand(context)), asio::detached);
    run_on_threads(context, 3);
    CHECK(right == 4 * rounds);
}
