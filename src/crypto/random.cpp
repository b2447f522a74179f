#include "crypto/random.hpp"

#include "crypto/random_block.hpp"

#include <coauth/system_failure.hpp>

#include <openssl/rand.h>

#include <string.h>

namespace coauth::crypto {

namespace {

void draw(void* octets, std::size_t size)
{
    if (RAND_bytes(static_cast<unsigned char*>(octets), static_cast<int>(size)) != 1)
        throw random_failure();
}

} // namespace

void fill_random(void* octets, std::size_t size)
{
    static thread_local random_block block(draw);
    block.fill(octets, size);
}

void wipe(void* octets, std::size_t size) noexcept
{
    ::explicit_bzero(octets, size); // as OPENSSL_cleanse, many octets at once
}

} // namespace coauth::crypto
