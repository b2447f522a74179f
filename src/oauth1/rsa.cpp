// RSA-SHA1, RSA-SHA256 and RSA-SHA512 (RFC 5849, section 3.4.3: RSASSA-PKCS1-v1_5).
#include "crypto/rsa.hpp"

#include "crypto/digest.hpp"
#include "text/base64.hpp"

#include <coauth/oauth1/signature_method.hpp>

#include <utility>

namespace coauth::oauth1 {

namespace {

class rsa_signing_key final : public signing_key {
public:
    rsa_signing_key(crypto::hash_function hash, crypto::rsa_key key) : hash_(hash), key_(std::move(key)) {}

    result<void> sign(std::string_view base_string, std::string& out) const override
    {
        const auto octets = key_.sign(hash_, base_string);
        if (!octets)
            return octets.error();
        text::base64_encode(*octets, out);
        return {};
    }

    bool verify(std::string_view base_string, std::string_view signature) const override
    {
        const auto octets = text::base64_decode(signature);
        return octets && key_.verify(hash_, base_string, *octets);
    }

private:
    crypto::hash_function hash_;
    crypto::rsa_key key_;
};

class rsa_algorithm final : public signature_algorithm {
public:
    rsa_algorithm(std::string_view name, std::string_view hash_name, crypto::rsa_key key)
        : name_(name), hash_(crypto::hash_named(hash_name)), key_(std::move(key))
    {}

    std::string_view name() const noexcept override { return name_; }

    std::unique_ptr<const signing_key> make_key(const secret&, const secret&) const override
    {
        return std::make_unique<rsa_signing_key>(hash_, key_);
    }

    std::string body_hash(std::string_view body) const override
    {
        return text::base64_encode(crypto::digest_of(hash_, body).view());
    }

    bool uses_secrets() const noexcept override { return false; }

private:
    std::string_view name_;
    crypto::hash_function hash_;
    crypto::rsa_key key_;
};

} // namespace

signature_method rsa_sha1(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha256(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha512(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha1_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", crypto::rsa_key::read_public(public_key));
}

signature_method rsa_sha256_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", crypto::rsa_key::read_public(public_key));
}

signature_method rsa_sha512_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", crypto::rsa_key::read_public(public_key));
}

} // namespace coauth::oauth1
