#include "api/provider_clock.hpp"
#include "unit/twitter/fake_provider.hpp"

using namespace coauth;
using namespace coauth::api;
using namespace coauth::twitter::testing;
using namespace std::chrono_literals;

TEST_CASE("provider_clock: the provider's time is this machine's until something is learnt")
{
    auto machine = std::make_shared<fake_clock>();
    provider_clock clock(machine);
    CHECK(clock.now().time_since_epoch() == 1700000000s);
    CHECK(clock.ahead() == 0s);
    machine->pass(1500ms);
    CHECK(clock.now().time_since_epoch() == 1700000001s);
}

TEST_CASE("provider_clock: what was learnt survives setting this machine's clock")
{
    auto machine = std::make_shared<fake_clock>();
    provider_clock clock(machine);
    clock.learn(600s);
    CHECK(clock.ahead() == 600s);
    CHECK(clock.now().time_since_epoch() == 1700000600s);
    machine->pass(10s);
    CHECK(clock.now().time_since_epoch() == 1700000610s);
    machine->set(1700000610);
    CHECK(clock.now().time_since_epoch() == 1700000610s);
    CHECK(clock.ahead() == 0s);
    clock.learn(-5s);
    CHECK(clock.ahead() == -5s);
}

TEST_CASE("clock_difference: is read from every form of a Date")
{
    const std::chrono::sys_seconds now(1700000000s);
    for (const char* date : {"Tue, 14 Nov 2023 22:14:20 GMT", "Tuesday, 14-Nov-23 22:14:20 GMT",
             "Tue Nov 14 22:14:20 2023", "Tue, 14 Nov 2023 22:14:20 UTC", "Tue, 14 Nov 2023 22:14:20 +0000"}) {
        CAPTURE(std::string(date));
        http::fields headers;
        headers.add("Date", date);
        CHECK(clock_difference(headers, now) == 60s);
    }
}

TEST_CASE("provider_clock: the difference is read from a valid Date only")
{
    http::fields headers;
    const std::chrono::sys_seconds now(1700000000s);
    CHECK_FALSE(clock_difference(headers, now));
    headers.add("Date", "Tue, 14 Nov 2023 22:14:20 GMT");
    CHECK(clock_difference(headers, now) == 60s);
    headers.set("date", "Tue, 14 Nov 2023 22:12:20 GMT");
    CHECK(clock_difference(headers, now) == -60s);
    headers.set("date", "yesterday");
    CHECK_FALSE(clock_difference(headers, now));
}
