// At every step, every type of cancellation: who is cancelled completes once, and nobody else notices.
#include "unit/session/login_bench.hpp"

#include <boost/asio/post.hpp>

#include <functional>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
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

// The victim is cancelled before step `k`. Returns whether there was such a step.
bool play(victim who, int k, asio::cancellation_type type)
{
    scene s;
    for (int i = 0; i < k; ++i)
        if (!s.step())
            return false;
    s.go_on();
    asio::cancellation_signal* signal = nullptr;
    switch (who) {
    case victim::leader:
        signal = &s.leader->signal();
        break;
    case victim::follower:
        signal = &s.follower->signal();
        break;
    case victim::waiter:
        signal = s.waiter ? &s.waiter->signal() : nullptr;
        break;
    case victim::callback:
        signal = s.callback ? &s.callback->signal() : nullptr;
        break;
    }
    if (signal != nullptr)
        signal->emit(type);
    while (s.step()) {}

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

TEST_CASE("cancelling anybody at any step, by any type, harms nobody else")
{
    for (const auto who : {victim::leader, victim::follower, victim::waiter, victim::callback})
        for (const auto type :
            {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
            int steps = 0;
            while (play(who, steps, type))
                ++steps;
            CHECK(steps > 10);
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
