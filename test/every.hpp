// How much of a long enumeration is tried.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace coauth::testing {

/// COAUTH_TEST_EVERY: of the steps, allocations and cuts that a test enumerates only each such is tried, all by
/// default. For the sanitizers, which look at the code that runs and not at what it decides.
inline std::size_t test_every()
{
    const char* const every = std::getenv("COAUTH_TEST_EVERY");
    const int number = every ? std::atoi(every) : 1;
    return number > 0 ? static_cast<std::size_t>(number) : 1;
}

} // namespace coauth::testing
