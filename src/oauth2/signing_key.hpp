// The provider's side of JWS: keys that sign, and their public halves as a JWK set. For the sandbox and for tests.
#pragma once

#include "crypto/signature_key.hpp"

#include <coauth/export.hpp>
#include <coauth/oauth2/jws.hpp>

#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// A private key with a name, for one algorithm.
///
/// Thread safety: safe through its const functions. Lifetime: copies share the key.
class COAUTH_DECL signing_key {
public:
    /// Makes a new key. Throws `errc::invalid_argument` if OpenSSL can't. An RSA key takes some 0.1 s.
    static signing_key generate(jws_algorithm algorithm, std::string id);

    jws_algorithm algorithm() const noexcept { return algorithm_; }
    const std::string& id() const noexcept { return id_; }

    /// The public half as a JWK (RFC 7517, section 4), with `kid`, `alg` and `use`.
    std::string jwk() const;

    /// A compact JWS whose payload is `payload`, with `alg`, `kid` and `typ` in its header. Throws
    /// `errc::invalid_argument` if OpenSSL can't sign.
    std::string sign(std::string_view payload, std::string_view type = "JWT") const;

    /// The same with a header of the caller's own, in JSON; `alg` in it is what is claimed, not what is done.
    std::string sign_with_header(std::string_view header, std::string_view payload) const;

private:
    signing_key(jws_algorithm algorithm, std::string id, crypto::private_key key);

    jws_algorithm algorithm_;
    std::string id_;
    crypto::private_key key_;
};

/// `{"keys":[...]}`, the body of a `jwks_uri` (RFC 7517, section 5).
COAUTH_DECL std::string jwk_set_text(std::span<const signing_key> keys);

} // namespace coauth::oauth2
