#include <coauth/oauth1/signature_method.hpp>

#include <string>

namespace coauth::oauth1 {

signing_key::~signing_key() = default;
signature_algorithm::~signature_algorithm() = default;

std::unique_ptr<const signing_key> signing_key::after(std::string_view) const
{
    return nullptr;
}

signature_method signature_method_named(std::string_view name, const std::optional<secret>& rsa_key)
{
    if (name == "HMAC-SHA1")
        return hmac_sha1();
    if (name == "HMAC-SHA256")
        return hmac_sha256();
    if (name == "HMAC-SHA512")
        return hmac_sha512();
    if (name == "PLAINTEXT")
        return plaintext();

    const bool rsa = name == "RSA-SHA1" || name == "RSA-SHA256" || name == "RSA-SHA512";
    if (!rsa)
        throw error(errc::invalid_argument, "unknown signature method \"" + std::string(name) + '"');
    if (!rsa_key)
        throw error(errc::invalid_argument, std::string(name) + " needs a private key")
            .with_hint("give the key, in PEM");
    if (name == "RSA-SHA1")
        return rsa_sha1(*rsa_key);
    return name == "RSA-SHA256" ? rsa_sha256(*rsa_key) : rsa_sha512(*rsa_key);
}

} // namespace coauth::oauth1
