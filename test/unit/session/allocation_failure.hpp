// Lets one allocation of a thread fail.
#pragma once

#include <cstddef>

namespace coauth::testing {

/// Counts allocations by `operator new` down; the one that makes it 0 throws `std::bad_alloc`. 0: none fails.
extern thread_local std::size_t allocations_until_failure;

} // namespace coauth::testing
