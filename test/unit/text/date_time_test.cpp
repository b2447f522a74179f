#include <coauth/text/date_time.hpp>

#include <doctest/doctest.h>

using coauth::text::date_time;
using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST_CASE("date_time: RFC 3339 in UTC, with every part in full")
{
    CHECK(date_time(sys_seconds(seconds(0))) == "1970-01-01T00:00:00Z");
    CHECK(date_time(sys_seconds(seconds(-1))) == "1969-12-31T23:59:59Z");
    CHECK(date_time(sys_seconds(seconds(951'782'400))) == "2000-02-29T00:00:00Z");
    CHECK(date_time(sys_seconds(seconds(1'700'000'000))) == "2023-11-14T22:13:20Z");
    CHECK(date_time(sys_seconds(seconds(253'402'300'799))) == "9999-12-31T23:59:59Z");
}
