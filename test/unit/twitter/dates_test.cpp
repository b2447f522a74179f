#include "twitter/dates.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth::twitter;

namespace {

using reader = std::optional<std::chrono::sys_seconds> (*)(std::string_view);

std::int64_t seconds(reader read, std::string_view text)
{
    const auto time = read(text);
    return time ? time->time_since_epoch().count() : -1;
}

} // namespace

TEST_CASE("dates: the two forms of a time give the same seconds")
{
    CHECK(seconds(read_v1_1_date, "Sun Nov 06 08:49:37 +0000 1994") == 784111777);
    CHECK(seconds(read_v2_date, "1994-11-06T08:49:37.000Z") == 784111777);

    CHECK(seconds(read_v2_date, "1994-11-06T08:49:37Z") == 784111777);
    CHECK(seconds(read_v2_date, "1994-11-06T08:49:37.999999999Z") == 784111777);
    CHECK(seconds(read_v1_1_date, "Tue Dec 01 18:37:44 +0000 2009") == 1259692664);
    CHECK(seconds(read_v2_date, "2038-01-19T03:14:08Z") == 2147483648);
}

TEST_CASE("dates: a text in any other form is not a time")
{
    for (const char* bad :
        {"", "Sun Nov 06 08:49:37 1994", "Mon Nov 06 08:49:37 +0000 1994", "Sun Nov 06 08:49:37 +0100 1994",
            "Sun Nov 6 08:49:37 +0000 1994", "Sun Nov 31 08:49:37 +0000 1994", "1994-11-06T08:49:37.000Z"})
        CHECK_FALSE_MESSAGE(read_v1_1_date(bad), bad);
    for (const char* bad :
        {"", "1994-11-06", "1994-11-06T08:49:37", "1994-11-06T08:49:37.Z", "1994-11-06T08:49:37.0000000001Z",
            "1994-11-06T08:49:37+00:00", "1994-13-06T08:49:37Z", "1994-00-06T08:49:37Z", "1994-02-29T08:49:37Z",
            "1994-11-06t08:49:37Z", "1994-11-06T08:49:37.0xZ", "+994-11-06T08:49:37Z"})
        CHECK_FALSE_MESSAGE(read_v2_date(bad), bad);
}

// A character that stands for others in `read`'s forms, or is beside the digits, must not pass.
TEST_CASE("dates: no other character may be in the place of one")
{
    for (const std::string& good :
        {std::string("Sun Nov 06 08:49:37 +0000 1994"), std::string("1994-11-06T08:49:37.123Z")}) {
        const reader read = good.ends_with('Z') ? read_v2_date : read_v1_1_date;
        REQUIRE(read(good));
        for (std::size_t i = 0; i < good.size(); ++i)
            for (const char other : {'#', '?', '/', ':', '-', ' ', '\0', '\xb2'}) {
                std::string bad = good;
                bad[i] = other;
                if (bad != good)
                    CHECK_FALSE_MESSAGE(read(bad), bad);
            }
    }
    CHECK_FALSE(read_v2_date("1994-11-06T##:##:##Z"));
    CHECK_FALSE(read_v2_date("2020-2#-01T00:00:00Z"));
}

TEST_CASE("dates: a text cut short anywhere is not a time")
{
    const std::string v2 = "1994-11-06T08:49:37.123Z";
    for (std::size_t i = 0; i < v2.size(); ++i)
        CHECK_FALSE(read_v2_date(std::string_view(v2).substr(0, i)));
}
