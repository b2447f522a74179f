// The digests that signature methods are made of.
#pragma once

#include <openssl/evp.h>

#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// OpenSSL's SHA-1, SHA-256 or SHA-512 by name, fetched once a process: fetching costs as much as
/// hashing. Throws `errc::invalid_argument` if this OpenSSL does not offer it.
const EVP_MD* digest(const char* name);

/// base64 of the digest of `text`.
std::string digest_base64(const EVP_MD* md, std::string_view text);

} // namespace coauth::oauth1
