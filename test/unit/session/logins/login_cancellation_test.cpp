// At every step, every type of cancellation, once and twice: who is cancelled completes once, and nobody else notices.
#include "every.hpp"
#include "unit/session/logins/login_bench.hpp"

#include <boost/asio/post.hpp>

#include <functional>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
using testing::emission;
using testing::login_bench;

namespace {

// Two browsers, of which the first begins twice; a waiter beside each callback; one login left to expire.
class scene {
public:
    scene() : binding(browser_binding::random())
    {
        leader.emplace(b.start(b.logins->begin(binding, login_request())));
        follower.emplace(b.start(b.logins->begin(binding, login_request())));
    }

    // What comes next, once what it needs is there.
    void go_on()
    {
        const auto* begun = leader->done() && leader->value()       ? &leader->value().value()
                            : follower->done() && follower->value() ? &follower->value().value()
                                                                    : nullptr;
        if (begun == nullptr || waiter)
            return;
        waiter.emplace(b.start(b.logins->wait(*begun)));
        other_waiter.emplace(b.start(b.logins->wait(*begun)));
        callback.emplace(b.start(b.logins->complete(b.callback(*begun), begun->binding)));
        other_callback.emplace(b.start(b.logins->complete(b.callback(*begun), begun->binding)));
    }

    bool step()
    {
        go_on();
        return b.step();
    }

    login_bench b;
    browser_binding binding;
    std::optional<testing::promised<login>> leader;
    std::optional<testing::promised<login>> follower;
    std::optional<testing::promised<login_outcome>> waiter;
    std::optional<testing::promised<login_outcome>> other_waiter;
    std::optional<testing::promised<login_outcome>> callback;
    std::optional<testing::promised<login_outcome>> other_callback;
};

enum class victim { leader, follower, waiter, callback };

// Null for an operation that has not begun.
asio::cancellation_signal* signal_of(scene& s, victim who)
{
    switch (who) {
    case victim::leader:
        return &s.leader->signal();
    case victim::follower:
        return &s.follower->signal();
    case victim::waiter:
        return s.waiter ? &s.waiter->signal() : nullptr;
    case victim::callback:
        return s.callback ? &s.callback->signal() : nullptr;
    }
    return nullptr;
}

// The victim is cancelled before step `begin`. Returns whether there was such a step.
bool play(victim who, std::size_t begin, const emission& cancellation)
{
    scene s;
    std::size_t steps = 0;
    for (;; ++steps) {
        s.go_on();
        if (asio::cancellation_signal* const signal = signal_of(s, who))
            cancellation.before_step(steps, begin, *signal);
        if (!s.step())
            break;
    }
    if (steps < begin)
        return false;

    // Each once, and only the victim may have been cancelled.
    const auto fine = [](const auto& p, bool is_victim) {
        REQUIRE(p.has_value());
        REQUIRE(p->times() == 1);
        if (is_victim && p->value().has_error())
            CHECK(p->value().error().code() == errc::cancelled);
        else
            CHECK(p->value().has_value());
    };
    fine(s.leader, who == victim::leader);
    fine(s.follower, who == victim::follower);
    fine(s.waiter, who == victim::waiter);
    fine(s.other_waiter, false);
    fine(s.callback, who == victim::callback);
    fine(s.other_callback, false);
    CHECK(s.b.provider->begun == 1);
    CHECK(s.b.provider->finished <= 1);
    CHECK(s.b.kept.size() == 1);
    CHECK(s.other_waiter->value().value().status == login_status::granted);
    CHECK(s.b.logins->counts().awaited == 0);
    CHECK(s.b.logins->counts().granted == 1);

    // No trace: a fresh login goes its way, and then nothing keeps the context busy.
    const login next = s.b.begin(s.binding, "/next").value();
    CHECK(s.b.status(next) == login_status::granted);
    CHECK(s.b.idle());
    return true;
}

} // namespace

TEST_CASE("logins: a cancellation at any step, emitted once or twice, ends one caller once and no other")
{
    for (const auto who : {victim::leader, victim::follower, victim::waiter, victim::callback})
        for (const emission& cancellation : testing::all_emissions()) {
            std::size_t steps = 0;
            while (play(who, steps, cancellation))
                steps += testing::test_every();
            CHECK(steps > 10);
        }
}

TEST_CASE("session.wait: a cancellation after it was resumed, before its handler has run, changes nothing")
{
    for (const emission& cancellation : testing::all_emissions()) {
        login_bench b;
        const login begun = b.begin().value();
        const auto waiter = b.start(b.logins->wait(begun));
        b.poll();
        asio::post(b.io, [&] {
            b.logins->close();
            cancellation.emit(waiter.signal());
            CHECK_FALSE(waiter.done());
        });
        b.poll();
        CHECK(waiter.failure() == errc::cancelled);
        CHECK(waiter.value().error().message() == "the session is closed");
        CHECK(b.idle());
    }
}

TEST_CASE("session.wait: a limit and a caller that cancel in one turn end it once, and no other waiter")
{
    // As with `cancel_after`, whose limit and whose caller's cancellation arrive at one signal.
    for (const emission& cancellation : testing::all_emissions()) {
        login_bench b;
        const login begun = b.begin().value();
        const auto first = b.start(b.logins->wait(begun));
        const auto second = b.start(b.logins->wait(begun));
        b.poll();
        CHECK(b.logins->counts().awaited == 2);
        asio::post(b.io, [&] { cancellation.emit(first.signal()); });
        b.poll();
        CHECK(b.logins->counts().awaited == 1);
        CHECK(first.failure() == errc::cancelled);
        CHECK_FALSE(second.done());
        CHECK(b.status(begun) == login_status::granted);
        b.poll();
        CHECK(second.value().value().status == login_status::granted);
        CHECK(b.logins->counts().awaited == 0);
    }
}

TEST_CASE("destroying the logins at any step completes everybody once")
{
    int k = 0;
    for (bool more = true; more; ++k) {
        scene s;
        for (int i = 0; i < k && more; ++i)
            more = s.step();
        s.go_on();
        s.b.destroy();
        while (s.b.step()) {}
        REQUIRE(s.leader->times() == 1);
        REQUIRE(s.follower->times() == 1);
        if (s.waiter) {
            REQUIRE(s.waiter->times() == 1);
            REQUIRE(s.other_waiter->times() == 1);
            REQUIRE(s.callback->times() == 1);
            REQUIRE(s.other_callback->times() == 1);
        }
        CHECK(s.b.idle());
    }
    CHECK(k > 10);
}

TEST_CASE("destroying the context at any step leaves nothing behind")
{
    // Sanitizers watch.
    int k = 0;
    for (bool more = true; more; ++k) {
        scene s;
        for (int i = 0; i < k && more; ++i)
            more = s.step();
        s.go_on();
    }
    CHECK(k > 10);
}
