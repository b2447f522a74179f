// RSA-SHA1, RSA-SHA256 and RSA-SHA512 (RFC 5849, section 3.4.3: RSASSA-PKCS1-v1_5).
#include "oauth1/digest.hpp"
#include "text/base64.hpp"

#include <coauth/oauth1/signature_method.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <new>

namespace coauth::oauth1 {

namespace {

struct free_openssl {
    void operator()(EVP_PKEY* k) const noexcept { EVP_PKEY_free(k); }
    void operator()(BIO* b) const noexcept { BIO_free(b); }
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
};
using private_or_public_key = std::shared_ptr<EVP_PKEY>;
using context = std::unique_ptr<EVP_MD_CTX, free_openssl>;

// A pass phrase is never asked for: a program that waits on a terminal it does not have would hang.
int no_pass_phrase(char*, int, int, void*)
{
    return -1;
}

private_or_public_key read_key(std::string_view pem, bool is_private)
{
    std::unique_ptr<BIO, free_openssl> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!in)
        throw std::bad_alloc();
    EVP_PKEY* raw = is_private ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, nullptr)
                               : PEM_read_bio_PUBKEY(in.get(), nullptr, no_pass_phrase, nullptr);
    private_or_public_key key(raw, free_openssl());
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        throw error(errc::invalid_argument, is_private ? "the private key is no RSA key in PEM, or it is encrypted"
                                                       : "the public key is no RSA key in PEM");
    return key;
}

class rsa_key final : public signing_key {
public:
    rsa_key(const EVP_MD* md, private_or_public_key key, bool can_sign)
        : md_(md), key_(std::move(key)), can_sign_(can_sign)
    {}

    result<void> sign(std::string_view base_string, std::string& out) const override
    {
        if (!can_sign_)
            return error(errc::invalid_argument, "a public key can check a signature but not make one");
        const context c(EVP_MD_CTX_new());
        const auto* data = reinterpret_cast<const unsigned char*>(base_string.data());
        std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
        std::vector<unsigned char> octets(size);
        if (!c || EVP_DigestSignInit(c.get(), nullptr, md_, nullptr, key_.get()) != 1 ||
            EVP_DigestSign(c.get(), octets.data(), &size, data, base_string.size()) != 1)
            return error(errc::invalid_argument, "OpenSSL refuses to sign with this RSA key and digest")
                .with_hint("a crypto policy of this system may forbid SHA-1 signatures or a key this short");
        text::base64_encode({octets.data(), size}, out);
        return {};
    }

    bool verify(std::string_view base_string, std::string_view signature) const override
    {
        const auto octets = text::base64_decode(signature);
        if (!octets)
            return false;
        const context c(EVP_MD_CTX_new());
        const auto* data = reinterpret_cast<const unsigned char*>(base_string.data());
        return c && EVP_DigestVerifyInit(c.get(), nullptr, md_, nullptr, key_.get()) == 1 &&
               EVP_DigestVerify(c.get(), octets->data(), octets->size(), data, base_string.size()) == 1;
    }

private:
    const EVP_MD* md_;
    private_or_public_key key_;
    bool can_sign_;
};

class rsa_algorithm final : public signature_algorithm {
public:
    rsa_algorithm(std::string_view name, const char* digest_name, private_or_public_key key, bool can_sign)
        : name_(name), md_(digest(digest_name)), key_(std::move(key)), can_sign_(can_sign)
    {}

    std::string_view name() const noexcept override { return name_; }

    std::unique_ptr<const signing_key> make_key(const secret&, const secret&) const override
    {
        return std::make_unique<rsa_key>(md_, key_, can_sign_);
    }

    std::string body_hash(std::string_view body) const override { return digest_base64(md_, body); }

    bool uses_secrets() const noexcept override { return false; }

private:
    std::string_view name_;
    const EVP_MD* md_;
    private_or_public_key key_;
    bool can_sign_;
};

} // namespace

signature_method rsa_sha1(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", read_key(private_key.reveal(), true), true);
}

signature_method rsa_sha256(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", read_key(private_key.reveal(), true), true);
}

signature_method rsa_sha512(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", read_key(private_key.reveal(), true), true);
}

signature_method rsa_sha1_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", read_key(public_key, false), false);
}

signature_method rsa_sha256_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", read_key(public_key, false), false);
}

signature_method rsa_sha512_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", read_key(public_key, false), false);
}

} // namespace coauth::oauth1
