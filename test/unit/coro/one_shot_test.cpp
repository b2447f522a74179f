#include "unit/coro/emission.hpp"

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

using namespace coauth;
namespace asio = boost::asio;

namespace {

struct one_shot_run {
    std::size_t steps = 0;
    int completions = 0;
    bool cancelled = false;
};

asio::awaitable<void> wait_for(one_shot& woken)
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await woken.wait();
}

// A wait that is fired before step `fire`, and cancelled before step `begin`.
one_shot_run play(std::size_t fire, std::size_t begin, const testing::emission& cancellation)
{
    asio::io_context io;
    one_shot woken;
    asio::cancellation_signal signal;
    one_shot_run run;
    asio::co_spawn(io, wait_for(woken), asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& e) {
        ++run.completions;
        run.cancelled = e != nullptr;
        testing::emit_all_types(signal);
    }));
    for (;; ++run.steps) {
        cancellation.before_step(run.steps, begin, signal);
        if (run.steps == fire)
            woken.fire();
        io.restart();
        if (io.poll_one() == 0 && run.steps >= fire)
            break;
    }
    testing::emit_all_types(signal);
    io.restart();
    io.poll();
    return run;
}

} // namespace

TEST_CASE("one_shot: a cancellation at any step, emitted once or twice, ends the wait once")
{
    constexpr std::size_t latest = 6;
    int cancelled = 0;
    int fired = 0;
    for (const auto& cancellation : testing::all_emissions())
        for (std::size_t fire = 0; fire <= latest; ++fire)
            for (std::size_t begin = 0; begin <= latest; ++begin) {
                const one_shot_run run = play(fire, begin, cancellation);
                CHECK(run.completions == 1);
                ++(run.cancelled ? cancelled : fired);
            }
    CHECK(cancelled > 100);
    CHECK(fired > 100);
}
