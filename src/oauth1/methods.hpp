// The signature methods by their names.
#pragma once

#include <coauth/oauth1/signature_method.hpp>

#include <array>
#include <string_view>

namespace coauth::oauth1 {

struct known_method {
    std::string_view name;
    std::string_view hash;            ///< As `crypto::hash_named` calls it; empty for PLAINTEXT.
    signature_method (*of_secrets)(); ///< Null for RSA, as the other two are for HMAC and PLAINTEXT.
    signature_method (*of_private_key)(const secret& private_key);
    signature_method (*of_public_key)(std::string_view public_key);
};

inline constexpr std::array known_methods = {
    known_method{"HMAC-SHA1", "SHA1", hmac_sha1, nullptr, nullptr},
    known_method{"HMAC-SHA256", "SHA256", hmac_sha256, nullptr, nullptr},
    known_method{"HMAC-SHA512", "SHA512", hmac_sha512, nullptr, nullptr},
    known_method{"RSA-SHA1", "SHA1", nullptr, rsa_sha1, rsa_sha1_public},
    known_method{"RSA-SHA256", "SHA256", nullptr, rsa_sha256, rsa_sha256_public},
    known_method{"RSA-SHA512", "SHA512", nullptr, rsa_sha512, rsa_sha512_public},
    known_method{"PLAINTEXT", {}, plaintext, nullptr, nullptr},
};

/// Null for another name.
const known_method* find_method(std::string_view name) noexcept;

} // namespace coauth::oauth1
