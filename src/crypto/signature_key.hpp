// Keys of the signatures that ID tokens have: RSA, P-256 and Ed25519 (RFC 7518, section 3; RFC 8037, section 3.1).
#pragma once

#include <coauth/error.hpp>

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace coauth::crypto {

enum class key_kind { rsa, p256, ed25519 };

/// How a signature is made. ECDSA signatures are the 64 octets of r and s (RFC 7518, section 3.4), not DER.
enum class signature_scheme {
    rsa_pkcs1_sha256,  ///< RSASSA-PKCS1-v1_5.
    rsa_pss_sha256,    ///< RSASSA-PSS, MGF1 with SHA-256, a salt of 32 octets.
    ecdsa_p256_sha256, ///< ECDSA on P-256.
    ed25519,           ///< Without a prehash (RFC 8032).
};

/// The kind of key that a scheme takes.
COAUTH_DECL key_kind kind_of(signature_scheme scheme) noexcept;

/// What a public key consists of, in octets, big-endian.
struct public_parts {
    public_parts() = default;

    key_kind kind = key_kind::rsa;
    std::string modulus;  ///< RSA, without zeros in front.
    std::string exponent; ///< RSA, without zeros in front.
    std::string x;        ///< P-256, Ed25519: 32 octets.
    std::string y;        ///< P-256: 32 octets.
};

/// Thread safety: safe through its const functions. Lifetime: copies share the key.
class COAUTH_DECL public_key {
public:
    /// Fails with `errc::invalid_argument` for an RSA modulus under 2048 or over 8192 bits, an exponent that is even,
    /// under 3 or over 64 bits, a point that is not on the curve, parts of another length, and a kind of key that this
    /// system's OpenSSL does not offer.
    static result<public_key> from_parts(const public_parts& parts);

    key_kind kind() const noexcept { return kind_; }

    /// False for a scheme of another kind of key, too.
    bool verify(signature_scheme scheme, std::string_view text, std::string_view signature) const;

private:
    public_key(std::shared_ptr<evp_pkey_st> key, key_kind kind);

    std::shared_ptr<evp_pkey_st> key_;
    key_kind kind_;
};

/// Thread safety: safe through its const functions. Lifetime: copies share the key, which OpenSSL wipes.
class COAUTH_DECL private_key {
public:
    /// Throws `errc::invalid_argument` if OpenSSL cannot make one. RSA keys have 2048 bits.
    static private_key generate(key_kind kind);

    key_kind kind() const noexcept { return kind_; }
    public_parts parts() const;

    /// Fails with `errc::invalid_argument` for a scheme of another kind of key.
    result<std::string> sign(signature_scheme scheme, std::string_view text) const;

private:
    private_key(std::shared_ptr<evp_pkey_st> key, key_kind kind);

    std::shared_ptr<evp_pkey_st> key_;
    key_kind kind_;
};

} // namespace coauth::crypto
