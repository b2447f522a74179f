#include "sandbox/x/dates.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;
using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST_CASE("sandbox dates: written as each API writes them")
{
    const sys_seconds when(seconds(1'259'692'664));
    CHECK(iso8601(when) == "2009-12-01T18:37:44.000Z");
    CHECK(api_1_1_date(when) == "Tue Dec 01 18:37:44 +0000 2009");
    CHECK(iso8601(sys_seconds(seconds(4'102'444'800))) == "2100-01-01T00:00:00.000Z");
}

TEST_CASE("sandbox dates: ISO 8601 is read strictly")
{
    const sys_seconds when(seconds(1'259'692'664));
    CHECK(parse_iso8601("2009-12-01T18:37:44Z") == when);
    CHECK(parse_iso8601("2009-12-01T18:37:44.5Z") == when);
    CHECK(parse_iso8601("2009-12-01T18:37:44.000Z") == when);
    for (const auto* bad :
        {"", "2009-12-01", "2009-12-01T18:37:44", "2009-12-01T18:37:44+01:00", "2009-13-01T18:37:44Z",
            "2009-02-29T00:00:00Z", "2009-12-01T24:00:00Z", "2009-12-01T18:60:00Z", "2009-12-01 18:37:44Z",
            "2009-12-01T18:37:44.Z", "2009-12-01T18:37:44ZZ", "-009-12-01T18:37:44Z", "2009-12-01T18:37:6xZ"}) {
        CAPTURE(std::string(bad));
        CHECK_FALSE(parse_iso8601(bad));
    }
}
