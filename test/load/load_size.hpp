// How large the load tests are.
#pragma once

#include <cstdlib>

namespace coauth::testing {

/// COAUTH_TEST_PEOPLE: how many users take part, 2 000 unless it says otherwise. The other sizes follow from it.
inline int users_of_load()
{
    const char* const text = std::getenv("COAUTH_TEST_PEOPLE");
    const int count = text ? std::atoi(text) : 0;
    return count > 0 ? count : 2'000;
}

} // namespace coauth::testing
