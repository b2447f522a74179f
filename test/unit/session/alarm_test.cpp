#include "session/alarm.hpp"
#include "unit/session/allocation_failure.hpp"
#include "unit/session/manual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <new>

using namespace std::chrono_literals;
using session_alarm = coauth::sessions::alarm; // unistd.h has another
using coauth::testing::allocations_until_failure;
using coauth::testing::failures_in_a_row;
using coauth::testing::manual_clock;
using coauth::testing::memory_shortage;

namespace {

// Asio ends the program where it has no memory to destroy a coroutine that was suspended.
std::size_t last_failure(std::size_t in_a_row)
{
    return in_a_row == 1 ? 20 : 7;
}

class alarm_rig {
public:
    ~alarm_rig() { clock->end(); }

    // Allocations fail from the first of these on, as many as that in a row; nothing may leave the context.
    void set(session_alarm::time_point at, std::size_t first, std::size_t in_a_row)
    {
        allocations_until_failure = first;
        failures_in_a_row = in_a_row;
        try {
            sut.set(at);
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
    int rung = 0;
    session_alarm sut{io.get_executor(), clock, [this] { ++rung; }};
};

} // namespace

TEST_CASE("alarm: rings once, at the time that was set last")
{
    alarm_rig rig;
    const auto start = rig.clock->steady_now();
    rig.sut.set(start + 10s);
    rig.pass(1s);
    rig.sut.set(start + 5s);
    rig.pass(3s);
    CHECK(rig.rung == 0);
    rig.pass(1s);
    CHECK(rig.rung == 1);
    rig.pass(1min);
    CHECK(rig.rung == 1);
    rig.sut.set(start + 2min);
    rig.sut.clear();
    rig.pass(2min);
    CHECK(rig.rung == 1);
    CHECK(rig.clock->asleep() == 0);
}

TEST_CASE("alarm: whichever allocations fail in a row, it rings once it is set again")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 60U})
        for (std::size_t first = 1; first < last_failure(in_a_row); ++first) {
            CAPTURE(in_a_row);
            CAPTURE(first);
            alarm_rig rig;
            const auto at = rig.clock->steady_now() + 10s;
            rig.set(at, first, in_a_row);
            const int early = rig.rung;
            CHECK(early <= 1);
            rig.sut.set(at);
            rig.pass(9'999ms);
            CHECK(rig.rung == early);
            rig.pass(1ms);
            CHECK(rig.rung == early + 1);
            CHECK(rig.clock->asleep() == 0);
        }
}

TEST_CASE("alarm: a time that replaces another while memory is short rings once it is set again")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 60U})
        for (std::size_t first = 1; first < last_failure(in_a_row); ++first) {
            CAPTURE(in_a_row);
            CAPTURE(first);
            alarm_rig rig;
            const auto start = rig.clock->steady_now();
            rig.sut.set(start + 1min);
            rig.poll();
            rig.set(start + 10s, first, in_a_row);
            const int early = rig.rung;
            rig.sut.set(start + 10s);
            rig.pass(10s);
            CHECK(rig.rung == early + 1);
            rig.pass(2min);
            CHECK(rig.rung == early + 1);
        }
}
