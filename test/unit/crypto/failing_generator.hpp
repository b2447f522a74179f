// OpenSSL without random octets.
#pragma once

#include "crypto/random.hpp"

#include <coauth/error.hpp>

#include <openssl/rand.h>

namespace crypto_test {

/// While it lives OpenSSL's generator gives nothing, and this thread has no octets left that it gave before.
class failing_generator {
public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    failing_generator()
    {
        method_.bytes = [](unsigned char*, int) { return 0; };
        RAND_set_rand_method(&method_);
        use_up();
    }
    ~failing_generator()
    {
        RAND_set_rand_method(nullptr);
    }
#pragma GCC diagnostic pop
    failing_generator(const failing_generator&) = delete;
    failing_generator& operator=(const failing_generator&) = delete;

private:
    static void use_up()
    {
        try {
            for (char octet = 0;;)
                coauth::crypto::fill_random(&octet, sizeof octet);
        } catch (const coauth::error&) {
            // It has none.
        }
    }

    RAND_METHOD method_{};
};

} // namespace crypto_test
