// OpenSSL without random octets.
#pragma once

#include <openssl/rand.h>

namespace crypto_test {

/// While it lives OpenSSL's generator gives nothing.
class failing_generator {
public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    failing_generator()
    {
        method_.bytes = [](unsigned char*, int) { return 0; };
        RAND_set_rand_method(&method_);
    }
    ~failing_generator()
    {
        RAND_set_rand_method(nullptr);
    }
#pragma GCC diagnostic pop
    failing_generator(const failing_generator&) = delete;
    failing_generator& operator=(const failing_generator&) = delete;

private:
    RAND_METHOD method_{};
};

} // namespace crypto_test
