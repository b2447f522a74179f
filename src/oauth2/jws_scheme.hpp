// How the algorithms of JWS are called in crypto.
#pragma once

#include "crypto/signature_key.hpp"

#include <coauth/oauth2/jws.hpp>

namespace coauth::oauth2 {

inline crypto::signature_scheme scheme_of(jws_algorithm algorithm) noexcept
{
    switch (algorithm) {
    case jws_algorithm::es256:
        return crypto::signature_scheme::ecdsa_p256_sha256;
    case jws_algorithm::ps256:
        return crypto::signature_scheme::rsa_pss_sha256;
    case jws_algorithm::eddsa:
        return crypto::signature_scheme::ed25519;
    default:
        return crypto::signature_scheme::rsa_pkcs1_sha256;
    }
}

} // namespace coauth::oauth2
