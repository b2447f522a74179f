// Waiting logins whose allocations fail, one at a time.
#include "allocation_failure.hpp"
#include "site/waiting_logins.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::site::waiting_logins;
using coauth::testing::with_each_allocation_failing;

TEST_CASE("waiting_logins: one that runs out of memory takes no place")
{
    waiting_logins all;
    waiting_logins::time_point now{};
    const auto add = [&] { return all.add({coauth::login(), 0}, now, 1min); };
    std::size_t failures = 0;
    for (int i = 0; i < 100; ++i) // the list of them allocates for some only
        failures += with_each_allocation_failing(add, [] {});
    CHECK(failures > 100);
    now += 1min;
    std::size_t added = 0;
    while (add())
        ++added;
    CHECK(added == waiting_logins::max_size);
}
