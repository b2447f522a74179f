// Random texts for tokens, secrets and PINs, from a source that is an argument.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace coauth::sandbox {

/// Fills `size` bytes. Production: OpenSSL's generator.
using random_source = std::function<void(unsigned char* bytes, std::size_t size)>;

/// OpenSSL's generator; throws `random_failure()` if it fails.
void openssl_random(unsigned char* bytes, std::size_t size);

/// `size` letters and digits, each equally likely.
std::string random_text(const random_source& source, std::size_t size);

/// `size` digits, each equally likely; zeros may come first.
std::string random_digits(const random_source& source, std::size_t size);

} // namespace coauth::sandbox
