#include "program/signature_methods.hpp"

#include <coauth/error.hpp>

namespace program {

coauth::oauth1::signature_method signature_method_by_name(
    std::string_view name, const std::optional<coauth::secret>& rsa_key)
{
    namespace oauth1 = coauth::oauth1;
    if (name == "HMAC-SHA1")
        return oauth1::hmac_sha1();
    if (name == "HMAC-SHA256")
        return oauth1::hmac_sha256();
    if (name == "HMAC-SHA512")
        return oauth1::hmac_sha512();
    if (name == "PLAINTEXT")
        return oauth1::plaintext();

    const bool rsa = name == "RSA-SHA1" || name == "RSA-SHA256" || name == "RSA-SHA512";
    if (!rsa)
        throw coauth::error(
            coauth::errc::invalid_argument, "there is no signature method \"" + std::string(name) + '"');
    if (!rsa_key)
        throw coauth::error(coauth::errc::invalid_argument, std::string(name) + " needs a private key")
            .with_hint("give the file with --rsa-key");
    if (name == "RSA-SHA1")
        return oauth1::rsa_sha1(*rsa_key);
    return name == "RSA-SHA256" ? oauth1::rsa_sha256(*rsa_key) : oauth1::rsa_sha512(*rsa_key);
}

} // namespace program
