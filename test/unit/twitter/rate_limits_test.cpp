#include "twitter/rate_limits.hpp"

#include <coauth/identity/reply.hpp>

#include <doctest/doctest.h>

using namespace coauth;
using namespace coauth::twitter;

namespace {

rate_limits read(const http::fields& headers)
{
    return read_rate_limits(headers, std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)));
}

} // namespace

TEST_CASE("rate_limits: the three windows are read from their headers, in any case")
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
    const rate_limits limits = read(headers);
    REQUIRE(limits.window);
    CHECK(limits.window->limit == 900);
    CHECK(limits.window->remaining == 0);
    CHECK(limits.window->reset.value().time_since_epoch().count() == 1700000900);
    REQUIRE(limits.app_day);
    CHECK(limits.app_day->limit == 10000);
    CHECK(limits.app_day->remaining == 9);
    REQUIRE(limits.user_day);
    CHECK(limits.user_day->remaining == 8);
    CHECK(limits.user_day->reset.value().time_since_epoch().count() == 1700086401);
}

TEST_CASE("read_rate_limits: each header is read on its own, and what is not a whole number is empty")
{
    CHECK_FALSE(read(http::fields()).window);
    const char* const names[] = {"limit", "remaining", "reset"};
    for (const std::string prefix : {"x-rate-limit-", "x-app-limit-24hour-", "x-user-limit-24hour-"})
        for (const char* bad : {"", "1.5", "1700000900.0", "1e18", "x", " 1", "1 ", "0x10", "+1", "--1"})
            for (const std::string name : names) {
                CAPTURE(prefix + name);
                CAPTURE(bad);
                http::fields headers;
                headers.add(prefix + "limit", "900");
                headers.add(prefix + "remaining", "0");
                headers.add(prefix + "reset", "1700000900");
                headers.set(prefix + name, bad);
                const rate_limits limits = read(headers);
                const auto& window = prefix == "x-rate-limit-"         ? limits.window
                                     : prefix == "x-app-limit-24hour-" ? limits.app_day
                                                                       : limits.user_day;
                REQUIRE(window);
                CHECK(window->limit == (name == "limit" ? std::nullopt : std::optional<std::int64_t>(900)));
                CHECK(window->remaining == (name == "remaining" ? std::nullopt : std::optional<std::int64_t>(0)));
                CHECK(window->reset.has_value() == (name != "reset"));
            }
    for (const std::string name : names) {
        http::fields headers;
        headers.add("x-rate-limit-" + name, "7");
        CHECK(read(headers).window);
    }
}

TEST_CASE("read_rate_limits: what is left may be below 0 or huge, a reset is a time from 1970 to 9999")
{
    http::fields headers;
    for (const auto& [text, value] : {std::pair("-5", std::int64_t(-5)), std::pair("0", std::int64_t(0)),
             std::pair("9223372036854775808", INT64_MAX), std::pair("-9223372036854775809", INT64_MIN)}) {
        headers.set("x-rate-limit-remaining", text);
        CHECK(read(headers).window.value().remaining == value);
    }
    for (const auto& row : {std::pair("0", true), std::pair("253402300799", true), std::pair("253402300800", false),
             std::pair("1000000000000000000", false), std::pair("-1", false),
             std::pair("99999999999999999999", false)}) {
        CAPTURE(row.first);
        headers.set("x-rate-limit-reset", row.first);
        CHECK(read(headers).window.value().reset.has_value() == row.second);
    }
}
