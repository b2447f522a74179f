// At every step, every type of cancellation, once and twice: the cancelled call completes once, and no other is affected.
#include "every.hpp"
#include "unit/session/logins/logins_fixture.hpp"

#include <boost/asio/post.hpp>

#include <functional>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
using testing::emission;
using testing::logins_fixture;

namespace {

// Two browsers, of which the first begins twice; a waiter beside each callback; one login left to expire.
class scenario {
public:
    scenario() : binding(browser_binding::random())
    {
        leader.emplace(f.start(f.logins->begin(binding, login_request())));
        follower.emplace(f.start(f.logins->begin(binding, login_request())));
    }

    // Starts the waiters and callbacks once a login has begun.
    void start_next()
    {
        const auto* begun = leader->done() && leader->value()       ? &leader->value().value()
                            : follower->done() && follower->value() ? &follower->value().value()
                                                                    : nullptr;
        if (begun == nullptr || waiter)
            return;
        waiter.emplace(f.start(f.logins->wait(*begun)));
        other_waiter.emplace(f.start(f.logins->wait(*begun)));
        callback.emplace(f.start(f.logins->complete(f.callback(*begun), begun->binding)));
        other_callback.emplace(f.start(f.logins->complete(f.callback(*begun), begun->binding)));
    }

    bool step()
    {
        start_next();
        return f.step();
    }

    logins_fixture f;
    browser_binding binding;
    std::optional<testing::promised<login>> leader;
    std::optional<testing::promised<login>> follower;
    std::optional<testing::promised<login_outcome>> waiter;
    std::optional<testing::promised<login_outcome>> other_waiter;
    std::optional<testing::promised<login_outcome>> callback;
    std::optional<testing::promised<login_outcome>> other_callback;
};

enum class operation { leader, follower, waiter, callback };

// Null for an operation that has not begun.
asio::cancellation_signal* signal_of(scenario& s, operation target)
{
    switch (target) {
    case operation::leader:
        return &s.leader->signal();
    case operation::follower:
        return &s.follower->signal();
    case operation::waiter:
        return s.waiter ? &s.waiter->signal() : nullptr;
    case operation::callback:
        return s.callback ? &s.callback->signal() : nullptr;
    }
    return nullptr;
}

// The operation is cancelled before step `begin`. Returns whether there was such a step.
bool cancel_at_step(operation target, std::size_t begin, const emission& cancellation)
{
    scenario s;
    std::size_t steps = 0;
    for (;; ++steps) {
        s.start_next();
        if (asio::cancellation_signal* const signal = signal_of(s, target))
            cancellation.before_step(steps, begin, *signal);
        if (!s.step())
            break;
    }
    if (steps < begin)
        return false;

    // Each once, and only the target may have been cancelled.
    const auto check_completed_once = [](const auto& p, bool may_be_cancelled) {
        REQUIRE(p.has_value());
        REQUIRE(p->times() == 1);
        if (may_be_cancelled && p->value().has_error())
            CHECK(p->value().error().code() == errc::cancelled);
        else
            CHECK(p->value().has_value());
    };
    check_completed_once(s.leader, target == operation::leader);
    check_completed_once(s.follower, target == operation::follower);
    check_completed_once(s.waiter, target == operation::waiter);
    check_completed_once(s.other_waiter, false);
    check_completed_once(s.callback, target == operation::callback);
    check_completed_once(s.other_callback, false);
    CHECK(s.f.provider->begun == 1);
    CHECK(s.f.provider->finished <= 1);
    CHECK(s.f.kept.size() == 1);
    CHECK(s.other_waiter->value().value().status == login_status::granted);
    CHECK(s.f.logins->counts().awaited == 0);
    CHECK(s.f.logins->counts().granted == 1);

    // Nothing is left: a new login works, and then nothing keeps the context busy.
    const login next = s.f.begin(s.binding, "/next").value();
    CHECK(s.f.status(next) == login_status::granted);
    CHECK(s.f.idle());
    return true;
}

} // namespace

TEST_CASE("logins: a cancellation at any step, emitted once or twice, ends one caller once and no other")
{
    for (const auto target : {operation::leader, operation::follower, operation::waiter, operation::callback})
        for (const emission& cancellation : testing::all_emissions()) {
            std::size_t steps = 0;
            while (cancel_at_step(target, steps, cancellation))
                steps += testing::test_every();
            CHECK(steps > 10);
        }
}

TEST_CASE("session.wait: a cancellation after it was resumed, before its handler has run, changes nothing")
{
    for (const emission& cancellation : testing::all_emissions()) {
        logins_fixture f;
        const login begun = f.begin().value();
        const auto waiter = f.start(f.logins->wait(begun));
        f.poll();
        asio::post(f.io, [&] {
            f.logins->close();
            cancellation.emit(waiter.signal());
            CHECK_FALSE(waiter.done());
        });
        f.poll();
        CHECK(waiter.failure() == errc::cancelled);
        CHECK(waiter.value().error().message() == "the session is closed");
        CHECK(f.idle());
    }
}

TEST_CASE("session.wait: a limit and a caller that cancel in one turn end it once, and no other waiter")
{
    // As with `cancel_after`: the limit and the caller's cancellation use one signal.
    for (const emission& cancellation : testing::all_emissions()) {
        logins_fixture f;
        const login begun = f.begin().value();
        const auto first = f.start(f.logins->wait(begun));
        const auto second = f.start(f.logins->wait(begun));
        f.poll();
        CHECK(f.logins->counts().awaited == 2);
        asio::post(f.io, [&] { cancellation.emit(first.signal()); });
        f.poll();
        CHECK(f.logins->counts().awaited == 1);
        CHECK(first.failure() == errc::cancelled);
        CHECK_FALSE(second.done());
        CHECK(f.status(begun) == login_status::granted);
        f.poll();
        CHECK(second.value().value().status == login_status::granted);
        CHECK(f.logins->counts().awaited == 0);
    }
}

TEST_CASE("logins: destroyed at any step, every call completes once")
{
    int k = 0;
    for (bool unfinished = true; unfinished; ++k) {
        scenario s;
        for (int i = 0; i < k && unfinished; ++i)
            unfinished = s.step();
        s.start_next();
        s.f.destroy();
        while (s.f.step()) {}
        REQUIRE(s.leader->times() == 1);
        REQUIRE(s.follower->times() == 1);
        if (s.waiter) {
            REQUIRE(s.waiter->times() == 1);
            REQUIRE(s.other_waiter->times() == 1);
            REQUIRE(s.callback->times() == 1);
            REQUIRE(s.other_callback->times() == 1);
        }
        CHECK(s.f.idle());
    }
    CHECK(k > 10);
}

TEST_CASE("logins: a context destroyed at any step leaves nothing behind")
{
    // The sanitizers check this.
    int k = 0;
    for (bool unfinished = true; unfinished; ++k) {
        scenario s;
        for (int i = 0; i < k && unfinished; ++i)
            unfinished = s.step();
        s.start_next();
    }
    CHECK(k > 10);
}
