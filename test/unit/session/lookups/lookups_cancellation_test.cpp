// A cancellation, an end or a close at every step.
#include "every.hpp"
#include "unit/session/lookups/bureau.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

namespace {

// A leader, a follower who joins before the request is sent, another batch member, and one who joins
// while it is on the wire; a second person beside them. With `limited` the first request meets a rate
// limit, so that they wait for a reset as well; with `outage` the provider is out of reach for 2 s.
enum class mishap { none, limited, outage };
constexpr mishap all_mishaps[] = {mishap::none, mishap::limited, mishap::outage};

struct scene {
    explicit scene(mishap met)
    {
        at.provider->turns = 3;
        if (met == mishap::limited)
            at.provider->fails = [](std::size_t number) {
                if (number == 1)
                    throw limited_for(30s);
            };
        if (met == mishap::outage)
            at.provider->fails = [clock = at.clock, end = at.clock->steady_now() + 2s](std::size_t) {
                if (clock->steady_now() < end)
                    throw error(errc::connection_lost);
            };
        ask("ann", "jack");
        ask("ann", "Jack");
        ask("ann", "jill");
        ask("bob", "jack");
    }

    void ask(const char* user_id, const char* who)
    {
        parties.push_back(std::make_unique<party>(at, user_id, std::vector<user_ref>{who}));
    }

    // Returns the number of steps it took. `before` is called before each.
    std::size_t play(const std::function<void(std::size_t)>& before)
    {
        std::size_t k = 0;
        bool late_joined = false;
        for (;; ++k) {
            before(k);
            if (!late_joined && at.provider->count() != 0 && at.lookups) {
                late_joined = true;
                ask("ann", "JACK");
            }
            if (!at.step())
                return k;
        }
    }

    // The next three questions get their own answers, and no alarm is left.
    void check_clean()
    {
        CHECK(at.clock->asleep() == 0);
        for (const char* who : {"jack", "joe", "jill"}) {
            party next(at, "ann", {who});
            at.run();
            next.check_ended(false);
        }
        CHECK(at.lookups->counts().waiting == 0);
        CHECK(at.lookups->counts().under_way == 0);
    }

    bureau at;
    std::vector<std::unique_ptr<party>> parties;
};

} // namespace

TEST_CASE("lookups: a cancellation at any step, emitted once or twice, ends one caller once and no other")
{
    std::size_t cancelled = 0;
    for (const mishap met : all_mishaps) {
        const std::size_t steps = scene(met).play([](std::size_t) {});
        REQUIRE(steps > 10);
        for (const emission& cancellation : met == mishap::none ? all_emissions() : some_emissions())
            for (std::size_t victim = 0; victim < 5; ++victim)
                for (std::size_t k = 0; k <= steps; k += testing::test_every()) {
                    scene s(met);
                    s.play([&](std::size_t at) {
                        if (victim < s.parties.size())
                            cancellation.before_step(at, k, s.parties[victim]->signal);
                    });
                    for (std::size_t i = 0; i < s.parties.size(); ++i)
                        s.parties[i]->check_ended(i == victim);
                    cancelled += victim < s.parties.size() && s.parties[victim]->cancelled;
                    s.check_clean();
                }
    }
    CHECK(cancelled > 100);
}

TEST_CASE("cancelling two at any two steps harms nobody else")
{
    const std::size_t steps = scene(mishap::limited).play([](std::size_t) {});
    for (std::size_t j = 0; j <= steps; ++j)
        for (std::size_t k = j; k <= steps; ++k) {
            scene s(mishap::limited);
            s.play([&](std::size_t at) {
                if (at == j)
                    s.parties[0]->signal.emit(asio::cancellation_type::terminal);
                if (at == k)
                    s.parties[1]->signal.emit(asio::cancellation_type::terminal);
            });
            for (std::size_t i = 0; i < s.parties.size(); ++i)
                s.parties[i]->check_ended(i < 2);
            s.check_clean();
        }
}

TEST_CASE("destroyed at any step, every call ends once, with its answer or a typed error")
{
    for (const mishap met : all_mishaps) {
        const std::size_t steps = scene(met).play([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scene s(met);
            s.play([&](std::size_t at) {
                if (at == k)
                    s.at.destroy();
            });
            for (const auto& one : s.parties)
                one->check_ended(true);
            CHECK(s.at.clock->asleep() == 0);
        }
    }
}

TEST_CASE("closed at any step, what is on the wire ends and everything else is cancelled")
{
    for (const mishap met : all_mishaps) {
        const std::size_t steps = scene(met).play([](std::size_t) {});
        for (std::size_t k = 0; k <= steps; ++k) {
            scene s(met);
            bool drained = false;
            s.play([&](std::size_t at) {
                if (at != k)
                    return;
                s.at.lookups->close();
                asio::co_spawn(s.at.io, s.at.with->work->drained(), [&](std::exception_ptr) { drained = true; });
            });
            for (const auto& one : s.parties) {
                CHECK(one->ended == 1);
                if (one->answered_right() || one->cancelled)
                    continue;
                REQUIRE(one->answers); // refused or lost after the close, and not sent again
                CHECK((*one->answers)[0]->why->reason() ==
                      (met == mishap::limited ? errc::rate_limited : errc::connection_lost));
            }
            CHECK(drained);
            party late(s.at, "ann", {"jack"});
            s.at.run();
            CHECK(late.cancelled);
        }
    }
}

TEST_CASE("whoever waits is dropped with the context, without a trace")
{
    bureau b;
    b.provider->turns = 5;
    party one(b, "ann", {"jack"});
    for (int i = 0; i < 4; ++i)
        b.step();
    b.destroy(); // the session goes first; then the context, with its coroutines where they are
}
