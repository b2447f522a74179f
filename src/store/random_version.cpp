#include "store/random_version.hpp"

#include "crypto/random.hpp"

namespace coauth::store {

std::uint64_t random_version()
{
    std::uint64_t number = 0;
    crypto::fill_random(&number, sizeof number);
    return number >> 1 | 1; // fits a signed one
}

} // namespace coauth::store
