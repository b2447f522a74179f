// RSA signatures (RFC 8017, RSASSA-PKCS1-v1_5).
#pragma once

#include "crypto/digest.hpp"

#include <coauth/error.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace coauth::crypto {

/// Thread safety: safe through its const functions. Lifetime: copies share the key.
class COAUTH_DECL rsa_key {
public:
    /// Read from PEM. Throw `errc::invalid_argument` for anything but an RSA key, an encrypted one included: a pass
    /// phrase is never asked for.
    static rsa_key read_private(std::string_view pem);
    static rsa_key read_public(std::string_view pem);

    /// Fails with `errc::invalid_argument` if this is a public key, or if OpenSSL refuses the key or the hash function.
    result<std::vector<unsigned char>> sign(hash_function hash, std::string_view text) const;

    bool verify(hash_function hash, std::string_view text, std::span<const unsigned char> signature) const;

private:
    rsa_key(std::shared_ptr<evp_pkey_st> key, bool is_private);

    std::shared_ptr<evp_pkey_st> key_;
    bool is_private_;
};

} // namespace coauth::crypto
