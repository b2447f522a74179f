// A cancellation, the destruction or a close at every step.
#include "every.hpp"
#include "unit/session/lookups/lookups_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

namespace {

// A first call, one that joins before the request is sent, another in the same batch, and one that joins while it is
// in flight; a second user beside them. With `limited` the first request meets a rate limit, so that they wait for
// a reset as well; with `outage` the provider is unavailable for 2 s.
enum class disturbance { none, limited, outage };
constexpr disturbance all_disturbances[] = {disturbance::none, disturbance::limited, disturbance::outage};

struct scenario {
    explicit scenario(disturbance disturbed)
    {
        fixture.provider->turns = 3;
        if (disturbed == disturbance::limited)
            fixture.provider->fails = [](std::size_t number) {
                if (number == 1)
                    throw limited_for(30s);
            };
        if (disturbed == disturbance::outage)
            fixture.provider->fails = [clock = fixture.clock, end = fixture.clock->steady_now() + 2s](std::size_t) {
                if (clock->steady_now() < end)
                    throw error(errc::connection_lost);
            };
        ask("ann", "jack");
        ask("ann", "Jack");
        ask("ann", "jill");
        ask("bob", "jack");
    }

    void ask(const char* user_id, const char* name)
    {
        callers.push_back(std::make_unique<waiting_caller>(fixture, user_id, std::vector<user_ref>{name}));
    }

    // Returns the number of steps it took. `before` is called before each.
    std::size_t run(const std::function<void(std::size_t)>& before)
    {
        std::size_t k = 0;
        bool late_joined = false;
        for (;; ++k) {
            before(k);
            if (!late_joined && fixture.provider->count() != 0 && fixture.lookups) {
                late_joined = true;
                ask("ann", "JACK");
            }
            if (!fixture.step())
                return k;
        }
    }

    // The next three calls get their own results, and no alarm is left.
    void check_clean()
    {
        CHECK(fixture.clock->sleepers() == 0);
        for (const char* name : {"jack", "joe", "jill"}) {
            waiting_caller next(fixture, "ann", {name});
            fixture.run();
            next.check_ended(false);
        }
        CHECK(fixture.lookups->counts().waiting == 0);
        CHECK(fixture.lookups->counts().in_flight == 0);
    }

    lookups_fixture fixture;
    std::vector<std::unique_ptr<waiting_caller>> callers;
};

} // namespace

TEST_CASE("lookups: a cancellation at any step, emitted once or twice, ends one caller once and no other")
{
    std::size_t cancelled = 0;
    for (const disturbance disturbed : all_disturbances) {
        const std::size_t steps = scenario(disturbed).run([](std::size_t) {});
        REQUIRE(steps > 10);
        for (const emission& cancellation : disturbed == disturbance::none ? all_emissions() : some_emissions())
            for (std::size_t cancelled_call = 0; cancelled_call < 5; ++cancelled_call)
                for (std::size_t k = 0; k <= steps; k += testing::test_every()) {
                    scenario s(disturbed);
                    s.run([&](std::size_t at) {
                        if (cancelled_call < s.callers.size())
                            cancellation.before_step(at, k, s.callers[cancelled_call]->signal);
                    });
                    for (std::size_t i = 0; i < s.callers.size(); ++i)
                        s.callers[i]->check_ended(i == cancelled_call);
                    cancelled += cancelled_call < s.callers.size() && s.callers[cancelled_call]->cancelled;
                    s.check_clean();
                }
    }
    CHECK(cancelled > 100);
}

TEST_CASE("lookups: two cancellations at any two steps end no other caller")
{
    const std::size_t steps = scenario(disturbance::limited).run([](std::size_t) {});
    for (std::size_t j = 0; j <= steps; ++j)
        for (std::size_t k = j; k <= steps; ++k) {
            scenario s(disturbance::limited);
            s.run([&](std::size_t at) {
                if (at == j)
                    s.callers[0]->signal.emit(asio::cancellation_type::terminal);
                if (at == k)
                    s.callers[1]->signal.emit(asio::cancellation_type::terminal);
            });
            for (std::size_t i = 0; i < s.callers.size(); ++i)
                s.callers[i]->check_ended(i < 2);
            s.check_clean();
        }
}

TEST_CASE("lookups: destroyed at any step, every call ends once, with its results or a typed error")
{
    for (const disturbance disturbed : all_disturbances) {
        const std::size_t steps = scenario(disturbed).run([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scenario s(disturbed);
            s.run([&](std::size_t at) {
                if (at == k)
                    s.fixture.destroy();
            });
            for (const auto& caller : s.callers)
                caller->check_ended(true);
            CHECK(s.fixture.clock->sleepers() == 0);
        }
    }
}

TEST_CASE("lookups: closed at any step, requests in flight end and all other calls are cancelled")
{
    for (const disturbance disturbed : all_disturbances) {
        const std::size_t steps = scenario(disturbed).run([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scenario s(disturbed);
            bool drained = false;
            s.run([&](std::size_t at) {
                if (at != k)
                    return;
                s.fixture.lookups->close();
                asio::co_spawn(
                    s.fixture.io, s.fixture.setup->work->drained(), [&](std::exception_ptr) { drained = true; });
            });
            for (const auto& caller : s.callers) {
                CHECK(caller->ended == 1);
                if (caller->has_right_results() || caller->cancelled)
                    continue;
                REQUIRE(caller->results); // refused or lost after the close, and not sent again
                CHECK((*caller->results)[0]->why->reason() ==
                      (disturbed == disturbance::limited ? errc::rate_limited : errc::connection_lost));
            }
            CHECK(drained);
            waiting_caller late(s.fixture, "ann", {"jack"});
            s.fixture.run();
            CHECK(late.cancelled);
        }
    }
}

TEST_CASE("lookups: a waiting call is destroyed with the context, and leaves nothing behind")
{
    lookups_fixture f;
    f.provider->turns = 5;
    waiting_caller caller(f, "ann", {"jack"});
    for (int i = 0; i < 4; ++i)
        f.step();
    f.destroy(); // the session goes first; then the context, with its coroutines where they are
}
