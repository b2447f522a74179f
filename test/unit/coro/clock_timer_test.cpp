#include "allocation_failure.hpp"
#include "coro/clock_timer.hpp"
#include "unit/session/manual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <new>

using namespace std::chrono_literals;
using coauth::clock_timer;
using coauth::testing::allocations_until_failure;
using coauth::testing::failures_in_a_row;
using coauth::testing::manual_clock;
using coauth::testing::memory_shortage;

namespace {

// Asio ends the program if it has no memory to destroy a suspended coroutine.
std::size_t last_failure(std::size_t in_a_row)
{
    return in_a_row == 1 ? 20 : 7;
}

class timer_fixture {
public:
    timer_fixture() = default;
    explicit timer_fixture(std::shared_ptr<coauth::clock> used) : used(std::move(used)) {}
    ~timer_fixture() { clock->end(); }

    // Allocations fail from the first of these on, as many as that in a row; nothing may leave the context.
    void set(clock_timer::time_point at, std::size_t first, std::size_t in_a_row)
    {
        allocations_until_failure = first;
        failures_in_a_row = in_a_row;
        try {
            timer.set(at);
        } catch (const std::bad_alloc&) {}
        bool left = false;
        try {
            io.restart();
            io.poll();
        } catch (...) {
            left = true;
        }
        memory_shortage::end();
        CHECK_FALSE(left);
    }

    void pass(std::chrono::milliseconds time)
    {
        poll();
        clock->advance(time);
        poll();
    }

    void poll()
    {
        io.restart();
        io.poll();
    }

    boost::asio::io_context io;
    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    std::shared_ptr<coauth::clock> used = clock;
    int calls = 0;
    clock_timer timer{io.get_executor(), used, [this] { ++calls; }};
};

} // namespace

TEST_CASE("clock_timer: calls once, at the time that was set last")
{
    timer_fixture f;
    const auto start = f.clock->steady_now();
    f.timer.set(start + 10s);
    f.pass(1s);
    f.timer.set(start + 5s);
    f.pass(3s);
    CHECK(f.calls == 0);
    f.pass(1s);
    CHECK(f.calls == 1);
    f.pass(1min);
    CHECK(f.calls == 1);
    f.timer.set(start + 2min);
    f.timer.clear();
    f.pass(2min);
    CHECK(f.calls == 1);
    CHECK(f.clock->sleepers() == 0);
}

TEST_CASE("clock_timer: whichever allocations fail in a row, it calls once it is set again")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 60U})
        for (std::size_t first = 1; first < last_failure(in_a_row); ++first) {
            CAPTURE(in_a_row);
            CAPTURE(first);
            timer_fixture f;
            const auto at = f.clock->steady_now() + 10s;
            f.set(at, first, in_a_row);
            const int early = f.calls;
            CHECK(early <= 1);
            f.timer.set(at);
            f.pass(9'999ms);
            CHECK(f.calls == early);
            f.pass(1ms);
            CHECK(f.calls == early + 1);
            CHECK(f.clock->sleepers() == 0);
        }
}

TEST_CASE("clock_timer: a time that replaces another while allocations fail causes a call once it is set again")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 60U})
        for (std::size_t first = 1; first < last_failure(in_a_row); ++first) {
            CAPTURE(in_a_row);
            CAPTURE(first);
            timer_fixture f;
            const auto start = f.clock->steady_now();
            f.timer.set(start + 1min);
            f.poll();
            f.set(start + 10s, first, in_a_row);
            const int early = f.calls;
            f.timer.set(start + 10s);
            f.pass(10s);
            CHECK(f.calls == early + 1);
            f.pass(2min);
            CHECK(f.calls == early + 1);
        }
}

TEST_CASE("clock_timer: with the system's clock it calls at its time, and keeps the context busy only while it is set")
{
    boost::asio::io_context io;
    int calls = 0;
    clock_timer timer(io.get_executor(), coauth::system_clock(), [&calls] { ++calls; });
    const auto start = std::chrono::steady_clock::now();
    timer.set(start + 1h);
    io.poll();
    timer.set(start + 2ms);
    io.restart();
    io.run();
    CHECK(std::chrono::steady_clock::now() >= start + 2ms);
    CHECK(calls == 1);
    timer.set(start + 1h);
    io.restart();
    io.poll();
    CHECK_FALSE(io.stopped());
    timer.clear();
    io.restart();
    io.run();
    CHECK(calls == 1);
    {
        clock_timer destroyed(io.get_executor(), coauth::system_clock(), [&calls] { ++calls; });
        destroyed.set(start + 1h);
        io.restart();
        io.poll();
    }
    io.restart();
    io.run();
    CHECK(calls == 1);
}

TEST_CASE("clock_timer: whichever allocations fail in a row, with the system's clock it calls once it is set again")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 60U})
        for (std::size_t first = 1; first < last_failure(in_a_row); ++first) {
            CAPTURE(in_a_row);
            CAPTURE(first);
            timer_fixture f(coauth::system_clock());
            f.set(std::chrono::steady_clock::now() + 1h, first, in_a_row);
            const int early = f.calls;
            CHECK(early <= 1);
            f.timer.set(std::chrono::steady_clock::now());
            f.io.restart();
            f.io.run();
            CHECK(f.calls == early + 1);
        }
}
