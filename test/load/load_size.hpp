// How large the load tests are.
#pragma once

#include <cstdlib>

namespace coauth::testing {

/// COAUTH_TEST_PEOPLE: how many users take part, 2 000 unless it says otherwise. The other sizes follow from it.
inline int people_of_load()
{
    const char* const people = std::getenv("COAUTH_TEST_PEOPLE");
    const int count = people ? std::atoi(people) : 0;
    return count > 0 ? count : 2'000;
}

} // namespace coauth::testing
