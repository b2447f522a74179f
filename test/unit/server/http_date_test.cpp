#include "server/http_date.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

TEST_CASE("a date is written as IMF-fixdate")
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
             row{1709208000, "Thu, 29 Feb 2024 12:00:00 GMT"},
             row{2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
             row{4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
             row{7258118399, "Tue, 31 Dec 2199 23:59:59 GMT"},
         }) {
        const std::chrono::system_clock::time_point at{std::chrono::seconds(r.seconds)};
        CHECK(coauth::server::http_date(at) == r.text);
    }
}

TEST_CASE("a fraction of a second is cut off a date, before 1970 too")
{
    using namespace std::chrono_literals;
    const std::chrono::system_clock::time_point epoch{};
    CHECK(coauth::server::http_date(epoch + 999ms) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(coauth::server::http_date(epoch - 1ms) == "Wed, 31 Dec 1969 23:59:59 GMT");
}
