// Random octets, and overwriting octets that were secret.
#pragma once

#include <coauth/export.hpp>

#include <cstddef>

namespace coauth::crypto {

/// Fills `size` octets from OpenSSL's generator, drawn by the thread some 4 KiB at a time (see `random_block`). Throws `random_failure()` if that gives none.
COAUTH_DECL void fill_random(void* octets, std::size_t size);

/// Overwrites `size` octets in a way that the compiler can't leave out.
COAUTH_DECL void wipe(void* octets, std::size_t size) noexcept;

} // namespace coauth::crypto
