#include "crypto/random.hpp"

#include <coauth/system_failure.hpp>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace coauth::crypto {

void fill_random(void* octets, std::size_t size)
{
    if (RAND_bytes(static_cast<unsigned char*>(octets), static_cast<int>(size)) != 1)
        throw random_failure();
}

void wipe(void* octets, std::size_t size) noexcept
{
    OPENSSL_cleanse(octets, size);
}

} // namespace coauth::crypto
