// The requests that the headers of responses allow.
#include "session/lookups/allowance.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::rate_limits;
using coauth::rate_window;
using coauth::sessions::allowance;
using coauth::sessions::allowance_rules;
using coauth::sessions::app_allowance;
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

rate_limits stated(std::int64_t remaining, std::chrono::seconds until_reset)
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

// An allowance that has learnt this from a first response at `start`.
allowance learnt(const rate_limits& limits)
{
    allowance a = make();
    a.sent();
    a.responded(limits, wall, start, no_jitter);
    return a;
}

} // namespace

TEST_CASE("allowance: while nothing is known one request goes alone")
{
    allowance a = make();
    CHECK(a.admit(start).action == kind::go);
    a.sent();
    CHECK(a.admit(start).action == kind::hold);
    a.lost(); // no response: still nothing is known
    CHECK(a.admit(start).action == kind::go);
    a.sent();
    a.responded(stated(5, 100s), wall, start, no_jitter);
    CHECK(a.admit(start).action == kind::go);
}

TEST_CASE("allowance: as many go as are left, those in flight counted")
{
    allowance a = learnt(stated(2, 100s));
    a.sent();
    CHECK(a.admit(start).action == kind::go);
    a.sent();
    CHECK(a.admit(start).action == kind::hold);
    a.responded(stated(1, 100s), wall, start, no_jitter);
    CHECK(a.admit(start).action == kind::hold); // that one is the other in flight
    a.responded(stated(0, 100s), wall, start, no_jitter);
    const auto v = a.admit(start);
    CHECK(v.action == kind::wait);
    CHECK(v.until == start + 100s);
}

TEST_CASE("allowance: responses that overtake each other never raise the remaining count")
{
    allowance a = learnt(stated(10, 100s));
    a.sent();
    a.sent();
    a.responded(stated(8, 100s), wall, start, no_jitter);
    a.responded(stated(9, 100s), wall, start, no_jitter);
    for (int i = 0; i < 8; ++i) {
        CHECK(a.admit(start).action == kind::go);
        a.sent();
    }
    CHECK(a.admit(start).action == kind::hold);
}

TEST_CASE("allowance: a window past its reset is unknown again: one goes ahead, then as many as its response states")
{
    allowance a = learnt(stated(0, 100s));
    CHECK(a.admit(start + 99s).action == kind::wait);
    CHECK(a.admit(start + 100s).action == kind::go);
    a.sent();
    CHECK(a.admit(start + 100s).action == kind::hold);
    rate_limits next;
    next.at = wall + 100s;
    next.window = window(299, 1000s);
    a.responded(next, wall, start + 100s, no_jitter);
    CHECK(a.admit(start + 100s).action == kind::go);
}

TEST_CASE("allowance: a late response of the previous window does not change the new one")
{
    allowance a = learnt(stated(1, 100s));
    a.sent(); // the late response
    rate_limits next;
    next.at = wall + 100s;
    next.window = window(50, 1000s);
    a.sent();
    a.responded(next, wall, start + 100s, no_jitter);
    a.responded(stated(0, 100s), wall, start + 101s, no_jitter);
    CHECK(a.admit(start + 101s).action == kind::go);
}

TEST_CASE("allowance: the reset counts from the response's own date, not from this machine's clock")
{
    rate_limits limits;
    limits.at = wall - std::chrono::hours(5);
    limits.window = window(0, -std::chrono::hours(5) + 60s);
    CHECK(learnt(limits).admit(start).until == start + 60s);
    limits.at.reset(); // no date: the time that the caller passes
    limits.window = window(0, 70s);
    CHECK(learnt(limits).admit(start).until == start + 70s);
}

TEST_CASE("allowance: jitter is added to the reset, never subtracted")
{
    for (const auto& [chance, extra] : {std::pair(0.0, 0ms), std::pair(0.5, 1500ms), std::pair(0.999, 2997ms)}) {
        allowance a = make();
        a.sent();
        a.responded(stated(0, 100s), wall, start, chance);
        CHECK(a.admit(start).until == start + 100s + extra);
    }
}

TEST_CASE("allowance: absurd resets are clamped to the window's length and a minute")
{
    struct row {
        std::chrono::seconds stated;
        std::chrono::seconds believed;
    };
    for (const row& r : {row{900s, 900s}, row{960s, 960s}, row{961s, 960s}, row{std::chrono::hours(24 * 365), 960s},
             row{1s, 1s}, row{0s, 60s}, row{-1s, 60s}, row{-std::chrono::hours(24 * 365), 60s}}) {
        CAPTURE(r.stated.count());
        CHECK(learnt(stated(0, r.stated)).admit(start).until == start + r.believed);
    }
}

TEST_CASE("allowance: a window of a day is waited for, too: of those used up the latest reset counts")
{
    rate_limits limits = stated(20, 100s);
    limits.user_day = window(0, std::chrono::hours(7));
    allowance a = learnt(limits);
    CHECK(a.admit(start).until == start + std::chrono::hours(7));
    limits = stated(0, 100s);
    limits.user_day = window(3, std::chrono::hours(7));
    CHECK(learnt(limits).admit(start).until == start + 100s);
    limits.user_day = window(0, std::chrono::hours(24 * 9));
    CHECK(learnt(limits).admit(start).until == start + std::chrono::hours(24) + 60s);
}

TEST_CASE("allowance: a provider without rate-limit headers is not limited")
{
    allowance a = learnt(rate_limits());
    for (int i = 0; i < 50; ++i) {
        CHECK(a.admit(start).action == kind::go);
        a.sent();
    }
}

TEST_CASE("allowance: a refusal closes until the time it names, and then one goes ahead alone")
{
    allowance a = learnt(stated(200, 800s));
    a.sent();
    a.sent();
    a.refused(30s, start, no_jitter);
    CHECK(a.admit(start).until == start + 30s);
    a.lost();
    CHECK(a.admit(start + 30s).action == kind::go);
    a.sent();
    CHECK(a.admit(start + 31s).action == kind::hold);
    a.responded(stated(100, 800s), wall, start + 32s, no_jitter);
    CHECK(a.admit(start + 32s).action == kind::go);
    a.sent();
    CHECK(a.admit(start + 32s).action == kind::go);
}

TEST_CASE("allowance: refusals without a time close for longer each time, but no longer than a window")
{
    allowance a = make();
    auto now = start;
    for (const auto expected : {60s, 120s, 240s, 480s, 960s, 960s}) {
        a.sent();
        a.refused(std::nullopt, now, no_jitter);
        CHECK(a.admit(now).until == now + expected);
        now += expected;
        CHECK(a.admit(now).action == kind::go);
    }
    a.sent();
    a.responded(stated(5, 100s), wall, now, no_jitter);
    a.sent();
    a.refused(std::nullopt, now, no_jitter);
    CHECK(a.admit(now).until == now + 60s);
}

TEST_CASE("allowance: a refusal's time is clamped to the window, or to a day if the provider has windows of a day")
{
    allowance a = make();
    a.sent();
    a.refused(std::chrono::hours(20), start, no_jitter);
    CHECK(a.admit(start).until == start + 960s);

    rate_limits limits = stated(5, 100s);
    limits.user_day = window(5, std::chrono::hours(9));
    allowance b = learnt(limits);
    b.sent();
    b.refused(std::chrono::hours(20), start, no_jitter);
    CHECK(b.admit(start).until == start + std::chrono::hours(20));

    allowance c = make();
    c.sent();
    c.refused(-5s, start, no_jitter); // no time
    CHECK(c.admit(start).until == start + 60s);
}

namespace {

// A response that states a closed window, with a usable reset or none.
rate_limits closed_limits(std::optional<std::chrono::seconds> until_reset, std::int64_t remaining = 0)
{
    rate_limits limits;
    limits.at = wall;
    rate_window& w = limits.window.emplace();
    w.remaining = remaining;
    if (until_reset)
        w.reset = wall + *until_reset;
    return limits;
}

} // namespace

TEST_CASE("allowance: a closed window without a reset ahead stays closed for 60 s, then twice as long each time")
{
    for (const std::int64_t remaining : {0, -5})
        for (const std::optional<std::chrono::seconds> reset : {std::optional<std::chrono::seconds>(),
                 std::optional(0s), std::optional(-1s), std::optional(-1'700'000'000s)}) {
            CAPTURE(remaining);
            allowance a = make();
            auto now = start;
            for (const auto expected : {60s, 120s, 240s, 480s, 960s, 960s}) {
                REQUIRE(a.admit(now).action == kind::go);
                a.sent();
                CHECK(a.admit(now).action == kind::hold);
                a.responded(closed_limits(reset, remaining), wall, now, no_jitter);
                CHECK(a.admit(now).action == kind::wait);
                CHECK(a.admit(now).until == now + expected);
                now += expected;
            }
            a.sent();
            a.responded(stated(5, 100s), wall, now, no_jitter); // open again
            a.sent();
            a.responded(stated(0, 100s), wall, now, no_jitter);
            CHECK(a.admit(now).until == now + 100s);
            now += 100s;
            a.sent();
            a.responded(closed_limits(reset, remaining), wall, now, no_jitter);
            CHECK(a.admit(now).until == now + 60s);
        }
}

TEST_CASE("allowance: several responses at once that close a window close it once")
{
    allowance a = learnt(stated(20, 5s));
    for (int i = 0; i < 8; ++i)
        a.sent();
    for (int i = 0; i < 8; ++i)
        a.responded(closed_limits(std::nullopt), wall, start + 6s, no_jitter);
    CHECK(a.admit(start + 6s).until == start + 66s);

    allowance b = learnt(stated(20, 800s));
    for (int i = 0; i < 8; ++i)
        b.sent();
    for (int i = 0; i < 7; ++i)
        b.refused(std::nullopt, start, no_jitter);
    b.responded(stated(19, 800s), wall, start, no_jitter); // sent before the refusal
    CHECK(b.admit(start).until == start + 60s);
    b.sent();
    b.refused(std::nullopt, start + 60s, no_jitter);
    CHECK(b.admit(start + 60s).until == start + 180s);
}

TEST_CASE("allowance: a closed window with a reset that was stated before keeps it")
{
    allowance a = learnt(stated(20, 500s));
    a.sent();
    a.responded(closed_limits(std::nullopt, -5), wall, start, no_jitter);
    CHECK(a.admit(start).until == start + 500s);
}

TEST_CASE("allowance: a remaining count without a reset is valid for a minute, and an unreadable one causes a probe")
{
    allowance a = learnt(closed_limits(std::nullopt, 3));
    for (int i = 0; i < 3; ++i) {
        CHECK(a.admit(start).action == kind::go);
        a.sent();
    }
    CHECK(a.admit(start).action == kind::hold);

    rate_limits unreadable;
    unreadable.at = wall;
    unreadable.window.emplace().limit = 300;
    allowance b = learnt(unreadable);
    CHECK(b.admit(start).action == kind::go);
    b.sent();
    CHECK(b.admit(start).action == kind::hold);
}

TEST_CASE("allowance: a provider that continues to refuse after the time it named is tried ever more rarely")
{
    for (const std::chrono::seconds named : {-5s, 0s, 1s, 2s}) {
        CAPTURE(named.count());
        allowance a = make();
        auto now = start;
        int sent = 0;
        for (; now < start + 3'600s; ++sent) {
            a.sent();
            a.refused(named, now, no_jitter);
            now = a.admit(now).until;
        }
        CHECK(sent <= 9);
    }
    allowance far = make(); // a usable time is accepted each time
    auto now = start;
    for (int i = 0; i < 5; ++i) {
        far.sent();
        far.refused(900s, now, no_jitter);
        CHECK(far.admit(now).until >= now + 900s);
        CHECK(far.admit(now).until <= now + 960s);
        now = far.admit(now).until;
    }
}

TEST_CASE("allowance: a window of a day without a reset is tried ever more rarely, up to a day")
{
    allowance a = make();
    auto now = start;
    for (int i = 0; i < 14; ++i) {
        rate_limits limits = stated(20, 100s);
        limits.user_day.emplace().remaining = -1;
        a.sent();
        a.responded(limits, wall, now, no_jitter);
        const auto expected = std::min<std::chrono::seconds>(60s * (1 << i), std::chrono::hours(24) + 60s);
        CHECK(a.admit(now).until == now + expected);
        now = a.admit(now).until;
    }
    app_allowance app(allowance_rules(900s, 3s));
    now = start;
    for (int i = 0; i < 14; ++i) {
        rate_limits limits;
        limits.app_day.emplace().remaining = 0;
        app.sent();
        app.responded(limits, wall, now, no_jitter);
        const auto expected = std::min<std::chrono::seconds>(60s * (1 << i), std::chrono::hours(24) + 60s);
        CHECK(app.admit(now).until == now + expected);
        now = app.admit(now).until;
    }
}

TEST_CASE("app_allowance: the app's window of a day holds all users once it is known")
{
    app_allowance app(allowance_rules(900s, 3s));
    for (int i = 0; i < 9; ++i) {
        CHECK(app.admit(start).action == kind::go);
        app.sent();
    }
    rate_limits limits;
    limits.at = wall;
    limits.app_day = window(9, 5000s);
    app.responded(limits, wall, start, no_jitter);
    CHECK(app.admit(start).action == kind::go); // 8 in flight
    app.sent();
    CHECK(app.admit(start).action == kind::hold);
    limits.app_day = window(0, 5000s);
    app.responded(limits, wall, start, no_jitter);
    CHECK(app.admit(start).until == start + 5000s);
    CHECK(app.admit(start + 5000s).action == kind::go);
}
