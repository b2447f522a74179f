// How a base string becomes a signature (RFC 5849, section 3.4), and the place to add another way.
#pragma once

#include <coauth/error.hpp>
#include <coauth/secret.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The key of one pair of secrets.
///
/// Thread safety: a shared object is safe through its const functions.
class COAUTH_DECL signing_key {
public:
    virtual ~signing_key();

    /// Appends the signature of `base_string` to `out`, in base64 (PLAINTEXT: as it is).
    virtual result<void> sign(std::string_view base_string, std::string& out) const = 0;

    /// True if `signature` is the one for `base_string`. Takes the same time wherever they differ,
    /// and accepts strict base64 only.
    virtual bool verify(std::string_view base_string, std::string_view signature) const = 0;

    /// A key for many base strings that begin with `beginning`, which may be empty: what they have in common is hashed here
    /// once, and it takes what follows. Slower to make than to use. Null, as by default, if the method does not offer it.
    virtual std::unique_ptr<const signing_key> after(std::string_view beginning) const;
};

/// A signature method: a name and a way to make keys. Derive from it to add one.
///
/// Thread safety: a shared object is safe through its const functions.
class COAUTH_DECL signature_algorithm {
public:
    virtual ~signature_algorithm();

    /// The value of `oauth_signature_method`: "HMAC-SHA1".
    virtual std::string_view name() const noexcept = 0;

    virtual std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const = 0;

    /// base64 of the body's digest, for `oauth_body_hash` (draft-eaton-oauth-bodyhash).
    virtual std::string body_hash(std::string_view body) const = 0;

    /// True if the secrets travel in the request, so that it may go over TLS only.
    virtual bool needs_tls() const noexcept { return false; }

    /// True if the consumer's secret is part of the key (HMAC and PLAINTEXT, not RSA).
    virtual bool uses_secrets() const noexcept { return true; }
};

/// Shared and immutable; cheap to copy.
using signature_method = std::shared_ptr<const signature_algorithm>;

/// Section 3.4.2, and what X uses.
COAUTH_DECL signature_method hmac_sha1();
/// Not in the RFC; many libraries have them, and some providers want them.
COAUTH_DECL signature_method hmac_sha256();
COAUTH_DECL signature_method hmac_sha512();

/// Section 3.4.3. `private_key` is PEM; a malformed one throws `errc::invalid_argument`. Signs only.
COAUTH_DECL signature_method rsa_sha1(const secret& private_key);
COAUTH_DECL signature_method rsa_sha256(const secret& private_key);
COAUTH_DECL signature_method rsa_sha512(const secret& private_key);

/// The provider's side: checks with the consumer's public key (PEM, SubjectPublicKeyInfo); its keys
/// can't sign.
COAUTH_DECL signature_method rsa_sha1_public(std::string_view public_key);
COAUTH_DECL signature_method rsa_sha256_public(std::string_view public_key);
COAUTH_DECL signature_method rsa_sha512_public(std::string_view public_key);

/// Section 3.4.4: the secrets themselves. Refused for anything but https.
COAUTH_DECL signature_method plaintext();

/// The method with this `oauth_signature_method`: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512
/// or PLAINTEXT. `rsa_key`: PEM, for the RSA methods. Throws `errc::invalid_argument` for another name, and for an RSA
/// method without a key.
COAUTH_DECL signature_method signature_method_named(
    std::string_view name, const std::optional<secret>& rsa_key = std::nullopt);

} // namespace coauth::oauth1
