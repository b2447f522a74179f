#include <coauth/twitter/reply.hpp>

#include <doctest/doctest.h>

using namespace coauth;
using namespace coauth::twitter;

TEST_CASE("the three windows are read from their headers, in any case")
{
    http::fields headers;
    headers.add("x-rate-limit-limit", "900");
    headers.add("X-Rate-Limit-Remaining", "0");
    headers.add("x-rate-limit-reset", "1700000900");
    headers.add("x-app-limit-24hour-limit", "10000");
    headers.add("x-app-limit-24hour-remaining", "9");
    headers.add("x-app-limit-24hour-reset", "1700086400");
    headers.add("x-user-limit-24hour-limit", "100");
    headers.add("x-user-limit-24hour-remaining", "8");
    headers.add("x-user-limit-24hour-reset", "1700086401");
    const rate_limits limits = read_rate_limits(headers);
    REQUIRE(limits.window);
    CHECK(limits.window->limit == 900);
    CHECK(limits.window->remaining == 0);
    CHECK(limits.window->reset.time_since_epoch().count() == 1700000900);
    REQUIRE(limits.app_day);
    CHECK(limits.app_day->limit == 10000);
    CHECK(limits.app_day->remaining == 9);
    REQUIRE(limits.user_day);
    CHECK(limits.user_day->remaining == 8);
    CHECK(limits.user_day->reset.time_since_epoch().count() == 1700086401);
}

TEST_CASE("a window with a header missing or no number is no window")
{
    CHECK_FALSE(read_rate_limits(http::fields()).window);
    for (const char* bad : {"", "-1", "1.5", "1e3", "99999999999999999999", "x", " 1", "1 ", "0x10", "+1"})
        for (const char* name : {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"}) {
            http::fields headers;
            headers.add("x-rate-limit-limit", "900");
            headers.add("x-rate-limit-remaining", "1");
            headers.add("x-rate-limit-reset", "1700000900");
            headers.set(name, bad);
            CHECK_FALSE_MESSAGE(read_rate_limits(headers).window, bad);
        }
    http::fields far;
    far.add("x-rate-limit-limit", "1");
    far.add("x-rate-limit-remaining", "1");
    far.add("x-rate-limit-reset", "253402300800");
    CHECK_FALSE(read_rate_limits(far).window);
    far.set("x-rate-limit-reset", "253402300799");
    CHECK(read_rate_limits(far).window);
}
