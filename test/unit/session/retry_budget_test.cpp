#include "session/retry_budget.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::sessions::retry_budget;

namespace {

constexpr retry_budget::time_point start{std::chrono::hours(3)};

} // namespace

TEST_CASE("second tries are one in ten, and one a second")
{
    retry_budget budget(start);
    int tries = 0;
    for (int i = 0; i < 1000; ++i) {
        budget.request();
        tries += budget.take(start);
    }
    CHECK(tries == 103); // the three that were saved up, and a tenth

    // A minute in which everything fails, a hundred requests a second.
    retry_budget busy(start);
    int sent = 0;
    int again = 0;
    for (auto now = start; now < start + 60s; now += 10ms) {
        ++sent;
        busy.request();
        again += busy.take(now);
    }
    CHECK(sent + again <= sent * 1.2);
}

TEST_CASE("what is saved up is bounded")
{
    retry_budget budget(start);
    for (int i = 0; i < 1000; ++i)
        budget.request();
    int tries = 0;
    while (budget.take(start + std::chrono::hours(9)))
        ++tries;
    CHECK(tries == 10);
}
