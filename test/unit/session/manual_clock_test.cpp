#include "unit/session/manual_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> sleep_and_note(
    testing::manual_clock& clock, std::chrono::milliseconds time, std::vector<int>& notes)
{
    co_await clock.sleep_for(time);
    notes.push_back(static_cast<int>(time.count()));
}

} // namespace

TEST_CASE("manual_clock: advance resumes the sleepers that are due, the earliest first")
{
    asio::io_context context;
    testing::manual_clock clock;
    std::vector<int> woken;
    asio::co_spawn(context, sleep_and_note(clock, 20ms, woken), asio::detached);
    asio::co_spawn(context, sleep_and_note(clock, 10ms, woken), asio::detached);
    asio::co_spawn(context, sleep_and_note(clock, 30ms, woken), asio::detached);
    asio::co_spawn(context, sleep_and_note(clock, 0ms, woken), asio::detached);
    context.poll();
    CHECK(woken == std::vector{0});
    CHECK(clock.sleepers() == 3);
    CHECK(clock.until_next() == 10ms);

    const auto before = clock.steady_now();
    clock.advance(9ms);
    context.poll();
    CHECK(woken == std::vector{0});
    clock.advance(11ms);
    context.poll();
    CHECK(woken == std::vector{0, 10, 20});
    CHECK(clock.steady_now() - before == 20ms);
    clock.advance(10ms);
    context.run();
    CHECK(woken == std::vector{0, 10, 20, 30});
    CHECK_FALSE(clock.until_next().has_value());
}

TEST_CASE("manual_clock: a cancelled sleeper is removed")
{
    asio::io_context context;
    testing::manual_clock clock;
    std::vector<int> woken;
    asio::cancellation_signal signal;
    asio::co_spawn(context, sleep_and_note(clock, 10ms, woken),
        asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    context.poll();
    asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
    context.run();
    CHECK(woken.empty());
    CHECK(clock.sleepers() == 0);
    clock.advance(1h);
}
