// What the headers of answers allow.
#include "session/allowance.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::sessions::allowance;
using coauth::sessions::allowance_rules;
using coauth::sessions::app_allowance;
using coauth::twitter::rate_limits;
using coauth::twitter::rate_window;
using kind = allowance::verdict::kind;

namespace {

constexpr allowance::time_point start{std::chrono::hours(3)};
constexpr std::chrono::sys_seconds wall{std::chrono::seconds(1'700'000'000)};
constexpr double no_jitter = 0;

rate_window window(std::int64_t remaining, std::chrono::seconds until_reset)
{
    rate_window w;
    w.limit = 300;
    w.remaining = remaining;
    w.reset = wall + until_reset;
    return w;
}

rate_limits told(std::int64_t remaining, std::chrono::seconds until_reset)
{
    rate_limits limits;
    limits.at = wall;
    limits.window = window(remaining, until_reset);
    return limits;
}

allowance make()
{
    return allowance(allowance_rules(900s, 3s));
}

// An allowance that has learnt this from a first answer at `start`.
allowance learnt(const rate_limits& limits)
{
    allowance a = make();
    a.sent();
    a.answered(limits, wall, start, no_jitter);
    return a;
}

} // namespace

TEST_CASE("while nothing is known one request goes alone")
{
    allowance a = make();
    CHECK(a.admit(start).what == kind::go);
    a.sent();
    CHECK(a.admit(start).what == kind::hold);
    a.lost(); // no answer: still nothing is known
    CHECK(a.admit(start).what == kind::go);
    a.sent();
    a.answered(told(5, 100s), wall, start, no_jitter);
    CHECK(a.admit(start).what == kind::go);
}

TEST_CASE("as many go as are left, those on the wire counted")
{
    allowance a = learnt(told(2, 100s));
    a.sent();
    CHECK(a.admit(start).what == kind::go);
    a.sent();
    CHECK(a.admit(start).what == kind::hold);
    a.answered(told(1, 100s), wall, start, no_jitter);
    CHECK(a.admit(start).what == kind::hold); // that one is the other on the wire
    a.answered(told(0, 100s), wall, start, no_jitter);
    const auto v = a.admit(start);
    CHECK(v.what == kind::wait);
    CHECK(v.until == start + 100s);
}

TEST_CASE("answers that overtake each other never raise what is left")
{
    allowance a = learnt(told(10, 100s));
    a.sent();
    a.sent();
    a.answered(told(8, 100s), wall, start, no_jitter);
    a.answered(told(9, 100s), wall, start, no_jitter);
    for (int i = 0; i < 8; ++i) {
        CHECK(a.admit(start).what == kind::go);
        a.sent();
    }
    CHECK(a.admit(start).what == kind::hold);
}

TEST_CASE("a window that has passed its reset is unknown again: one goes ahead, then as many as it tells")
{
    allowance a = learnt(told(0, 100s));
    CHECK(a.admit(start + 99s).what == kind::wait);
    CHECK(a.admit(start + 100s).what == kind::go);
    a.sent();
    CHECK(a.admit(start + 100s).what == kind::hold);
    rate_limits next;
    next.at = wall + 100s;
    next.window = window(299, 1000s);
    a.answered(next, wall, start + 100s, no_jitter);
    CHECK(a.admit(start + 100s).what == kind::go);
}

TEST_CASE("a late answer of the window before does not spoil the new one")
{
    allowance a = learnt(told(1, 100s));
    a.sent(); // the late one
    rate_limits next;
    next.at = wall + 100s;
    next.window = window(50, 1000s);
    a.sent();
    a.answered(next, wall, start + 100s, no_jitter);
    a.answered(told(0, 100s), wall, start + 101s, no_jitter);
    CHECK(a.admit(start + 101s).what == kind::go);
}

TEST_CASE("the reset counts from the answer's own date, whatever this machine's clock says")
{
    rate_limits limits;
    limits.at = wall - std::chrono::hours(5);
    limits.window = window(0, -std::chrono::hours(5) + 60s);
    CHECK(learnt(limits).admit(start).until == start + 60s);
    limits.at.reset(); // no date: the caller's idea of the provider's time
    limits.window = window(0, 70s);
    CHECK(learnt(limits).admit(start).until == start + 70s);
}

TEST_CASE("jitter comes on top of the reset, never before it")
{
    for (const auto& [chance, extra] : {std::pair(0.0, 0ms), std::pair(0.5, 1500ms), std::pair(0.999, 2997ms)}) {
        allowance a = make();
        a.sent();
        a.answered(told(0, 100s), wall, start, chance);
        CHECK(a.admit(start).until == start + 100s + extra);
    }
}

TEST_CASE("absurd resets are clamped to the window's length and a minute")
{
    struct row {
        std::chrono::seconds told;
        std::chrono::seconds believed;
    };
    for (const row& r : {row{900s, 900s}, row{960s, 960s}, row{961s, 960s}, row{std::chrono::hours(24 * 365), 960s},
             row{1s, 1s}, row{0s, 60s}, row{-1s, 60s}, row{-std::chrono::hours(24 * 365), 60s}}) {
        CAPTURE(r.told.count());
        CHECK(learnt(told(0, r.told)).admit(start).until == start + r.believed);
    }
}

TEST_CASE("a window of a day is waited for, too: the latest reset of those spent counts")
{
    rate_limits limits = told(20, 100s);
    limits.user_day = window(0, std::chrono::hours(7));
    allowance a = learnt(limits);
    CHECK(a.admit(start).until == start + std::chrono::hours(7));
    limits = told(0, 100s);
    limits.user_day = window(3, std::chrono::hours(7));
    CHECK(learnt(limits).admit(start).until == start + 100s);
    limits.user_day = window(0, std::chrono::hours(24 * 9));
    CHECK(learnt(limits).admit(start).until == start + std::chrono::hours(24) + 60s);
}

TEST_CASE("a provider without rate-limit headers is not held back")
{
    allowance a = learnt(rate_limits());
    for (int i = 0; i < 50; ++i) {
        CHECK(a.admit(start).what == kind::go);
        a.sent();
    }
}

TEST_CASE("a refusal shuts until the time it names, and then one goes ahead alone")
{
    allowance a = learnt(told(200, 800s));
    a.sent();
    a.sent();
    a.refused(30s, start, no_jitter);
    CHECK(a.admit(start).until == start + 30s);
    a.lost();
    CHECK(a.admit(start + 30s).what == kind::go);
    a.sent();
    CHECK(a.admit(start + 31s).what == kind::hold);
    a.answered(told(100, 800s), wall, start + 32s, no_jitter);
    CHECK(a.admit(start + 32s).what == kind::go);
    a.sent();
    CHECK(a.admit(start + 32s).what == kind::go);
}

TEST_CASE("refusals without a time shut for longer each time, but no longer than a window")
{
    allowance a = make();
    auto now = start;
    for (const auto expected : {60s, 120s, 240s, 480s, 960s, 960s}) {
        a.sent();
        a.refused(std::nullopt, now, no_jitter);
        CHECK(a.admit(now).until == now + expected);
        now += expected;
        CHECK(a.admit(now).what == kind::go);
    }
    a.sent();
    a.answered(told(5, 100s), wall, now, no_jitter);
    a.sent();
    a.refused(std::nullopt, now, no_jitter);
    CHECK(a.admit(now).until == now + 60s);
}

TEST_CASE("a refusal's time is clamped: to the window, or to a day where the provider has windows of a day")
{
    allowance a = make();
    a.sent();
    a.refused(std::chrono::hours(20), start, no_jitter);
    CHECK(a.admit(start).until == start + 960s);

    rate_limits limits = told(5, 100s);
    limits.user_day = window(5, std::chrono::hours(9));
    allowance b = learnt(limits);
    b.sent();
    b.refused(std::chrono::hours(20), start, no_jitter);
    CHECK(b.admit(start).until == start + std::chrono::hours(20));

    allowance c = make();
    c.sent();
    c.refused(-5s, start, no_jitter);
    CHECK(c.admit(start).until == start + 1s);
}

TEST_CASE("the app's window of a day holds everyone, once it is known")
{
    app_allowance app(allowance_rules(900s, 3s));
    for (int i = 0; i < 9; ++i) {
        CHECK(app.admit(start).what == kind::go);
        app.sent();
    }
    rate_limits limits;
    limits.at = wall;
    limits.app_day = window(9, 5000s);
    app.answered(limits, wall, start, no_jitter);
    CHECK(app.admit(start).what == kind::go); // 8 on the wire
    app.sent();
    CHECK(app.admit(start).what == kind::hold);
    limits.app_day = window(0, 5000s);
    app.answered(limits, wall, start, no_jitter);
    CHECK(app.admit(start).until == start + 5000s);
    CHECK(app.admit(start + 5000s).what == kind::go);
}
