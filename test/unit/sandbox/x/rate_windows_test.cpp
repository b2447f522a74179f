#include "sandbox/x/rate_windows.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

const sys_seconds start(seconds(1'800'000'000));
const route& some_route = *route_named("/2/users/:id");
const route& post_route = *route_named("/1.1/statuses/update");

} // namespace

TEST_CASE("sandbox rates: a window begins with its first call and ends after its length")
{
    rate_windows all(seconds(900));
    const route_limit limit(2, 0);
    const auto first = all.take(some_route, limit, "app", "t", start);
    CHECK(first.allowed);
    CHECK(first.window->limit == 2);
    CHECK(first.window->remaining == 1);
    CHECK(first.window->reset == start + seconds(900));
    CHECK(all.take(some_route, limit, "app", "t", start + seconds(10)).window->remaining == 0);
    const auto third = all.take(some_route, limit, "app", "t", start + seconds(899));
    CHECK_FALSE(third.allowed);
    CHECK(third.window->remaining == 0);
    CHECK(third.window->reset == start + seconds(900));
    const auto next = all.take(some_route, limit, "app", "t", start + seconds(900));
    CHECK(next.allowed);
    CHECK(next.window->reset == start + seconds(1800));
}

TEST_CASE("sandbox rates: users, apps and routes are counted apart")
{
    rate_windows all(seconds(900));
    const route_limit limit(1, 1);
    CHECK(all.take(some_route, limit, "app", "t", start).allowed);
    CHECK_FALSE(all.take(some_route, limit, "app", "t", start).allowed);
    CHECK(all.take(some_route, limit, "app", "u", start).allowed);
    CHECK(all.take(some_route, limit, "other", "t", start).allowed);
    CHECK(all.take(some_route, limit, "app", "", start).allowed);
    CHECK_FALSE(all.take(some_route, limit, "app", "", start).allowed);
    CHECK(all.take(some_route, limit, "other", "", start).allowed);
    CHECK(all.take(post_route, limit, "app", "t", start).allowed);
}

TEST_CASE("sandbox rates: no limit, no window")
{
    rate_windows all(seconds(900));
    const auto free = all.take(some_route, route_limit(0, 0), "app", "t", start);
    CHECK(free.allowed);
    CHECK_FALSE(free.window);
    CHECK_FALSE(free.user_day);
    CHECK_FALSE(free.app_day);
}

TEST_CASE("sandbox rates: a day's buckets refuse while the window has room, and count nothing then")
{
    rate_windows all(seconds(900));
    const route_limit limit(10, 0, 2, 3);
    CHECK(all.take(some_route, limit, "app", "t", start).allowed);
    CHECK(all.take(some_route, limit, "app", "t", start).allowed);
    const auto refused = all.take(some_route, limit, "app", "t", start);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.window->remaining == 8);
    CHECK(refused.user_day->remaining == 0);
    CHECK(refused.user_day->reset == start + hours(24));
    CHECK(refused.app_day->remaining == 1);
    // Another user of the same app shares the app's day.
    CHECK(all.take(some_route, limit, "app", "u", start).allowed);
    CHECK_FALSE(all.take(some_route, limit, "app", "u", start).allowed);
    CHECK(all.take(some_route, limit, "app", "t", start + hours(24)).allowed);
}

TEST_CASE("sandbox rates: some routes have longer windows, and a clock set back begins a new one")
{
    rate_windows all(seconds(10));
    const route_limit limit(1, 0);
    CHECK(all.take(post_route, limit, "app", "t", start).window->reset == start + seconds(120));
    CHECK_FALSE(all.take(post_route, limit, "app", "t", start + seconds(119)).allowed);
    const auto back = all.take(post_route, limit, "app", "t", start - seconds(1));
    CHECK(back.allowed);
    CHECK(back.window->reset == start + seconds(119));
    all.clear();
    CHECK(all.take(post_route, limit, "app", "t", start).allowed);
}
