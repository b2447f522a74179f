#include <coauth/http/date.hpp>

#include <doctest/doctest.h>

#include <string>

using coauth::http::read_date;
using coauth::http::write_date;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

const sys_seconds end_of_2026 = sys_days(std::chrono::year(2026) / 11 / 28);
const sys_seconds example(seconds(784111777));

} // namespace

TEST_CASE("write_date: IMF-fixdate")
{
    struct row {
        long long seconds;
        const char* text;
    };
    for (const row& r : {
             row{784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, // RFC 9110, section 5.6.7
             row{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
             row{-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
             row{951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
             row{951868799, "Tue, 29 Feb 2000 23:59:59 GMT"},
             row{1259692664, "Tue, 01 Dec 2009 18:37:44 GMT"},
             row{1709208000, "Thu, 29 Feb 2024 12:00:00 GMT"},
             row{2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
             row{4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
             row{7258118399, "Tue, 31 Dec 2199 23:59:59 GMT"},
         }) {
        CHECK(write_date(sys_seconds(seconds(r.seconds))) == r.text);
        CHECK(read_date(r.text, end_of_2026) == sys_seconds(seconds(r.seconds)));
    }
}

TEST_CASE("read_date: every form that RFC 9110 has recipients accept, and what providers send beside them")
{
    for (const char* text : {
             "Sun, 06 Nov 1994 08:49:37 GMT",
             "Sunday, 06-Nov-94 08:49:37 GMT",
             "Sun Nov  6 08:49:37 1994",
             "Sun, 06 Nov 1994 08:49:37 UTC",
             "Sun, 06 Nov 1994 08:49:37 +0000",
             "Sunday, 06-Nov-94 08:49:37 UTC",
             "Sunday, 06-Nov-1994 08:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT",
             "Sun Nov 06 08:49:37 1994",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "sun, 06 nov 1994 08:49:37 gmt",
             "SUNDAY, 06-NOV-94 08:49:37 GMT",
             " Sun, 06 Nov 1994 08:49:37 GMT\t",
         }) {
        CAPTURE(std::string(text));
        CHECK(read_date(text, end_of_2026) == example);
    }
    CHECK(read_date("Sat, 31 Dec 2016 23:59:60 GMT", end_of_2026) == sys_seconds(seconds(1483228800)));
}

TEST_CASE("read_date: a year of two digits is at most 50 years ahead")
{
    struct row {
        int now;
        const char* date;
        int year;
    };
    for (const row& r : {
             row{2026, "Sunday, 06-Nov-94 00:00:00 GMT", 1994},
             row{2026, "Saturday, 28-Nov-26 00:00:00 GMT", 2026},
             row{2026, "Friday, 06-Nov-76 00:00:00 GMT", 2076}, // 50 years ahead
             row{2026, "Sunday, 06-Nov-77 00:00:00 GMT", 1977}, // 51
             row{1999, "Monday, 06-Nov-00 00:00:00 GMT", 2000},
             row{2060, "Thursday, 06-Nov-04 00:00:00 GMT", 2104},
             row{2100, "Friday, 06-Nov-99 00:00:00 GMT", 2099},
         }) {
        const sys_seconds now = sys_days(std::chrono::year(r.now) / 11 / 28);
        const auto read = read_date(r.date, now);
        CAPTURE(std::string(r.date));
        REQUIRE(read);
        const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*read));
        CHECK(static_cast<int>(day.year()) == r.year);
    }
}

TEST_CASE("read_date: all else is not a date")
{
    for (const char* text : {"", " ", "yesterday", "1700000000", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 08:49:37 -0500",
             "Sun, 06 Nov 1994 08:49:37 GMT GMT", "Mon, 06 Nov 1994 08:49:37 GMT", "Su, 06 Nov 1994 08:49:37 GMT",
             "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
             "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
             "Sun, 06 Nov 1994 08.49.37 GMT", "Wed, 30 Feb 2022 00:00:00 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
             "Sun, 006 Nov 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
             "Sun, 06 November 1994 08:49:37 GMT", "Sun, 06 Nov 199 08:49:37 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
             "Sun, 06 Nov +994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37", "Sunday, 06-11-94 08:49:37 GMT",
             "Sun Nov 31 08:49:37 1994", "Sun Nov  6 08:49:37", "Sun, 06 Nov 1994 08:49:3\xd9\xa7 GMT"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(read_date(text, end_of_2026));
    }
    const std::string fixed = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (std::size_t size = 0; size < fixed.size(); ++size)
        CHECK_FALSE(read_date(std::string_view(fixed).substr(0, size), end_of_2026));
}
