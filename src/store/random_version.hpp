// The versions of credentials in a database.
#pragma once

#include <coauth/export.hpp>

#include <cstdint>

namespace coauth::store {

/// A random number of 63 bits, never 0. Not a counter: a database that takes over from one that was lost could give a number
/// twice, and each credential would wait for the counter.
COAUTH_DECL std::uint64_t random_version();

} // namespace coauth::store
