#include "crypto/rsa.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <new>
#include <utility>

namespace coauth::crypto {

namespace {

struct free_openssl {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(BIO* stream) const noexcept { BIO_free(stream); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using digest_context = std::unique_ptr<EVP_MD_CTX, free_openssl>;

// A pass phrase is never asked for: a program that waits on a terminal it does not have would hang.
int no_pass_phrase(char*, int, int, void*)
{
    return -1;
}

std::shared_ptr<EVP_PKEY> read_key(std::string_view pem, bool is_private)
{
    std::unique_ptr<BIO, free_openssl> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!input)
        throw std::bad_alloc();
    EVP_PKEY* raw = is_private ? PEM_read_bio_PrivateKey(input.get(), nullptr, no_pass_phrase, nullptr)
                               : PEM_read_bio_PUBKEY(input.get(), nullptr, no_pass_phrase, nullptr);
    std::shared_ptr<EVP_PKEY> key(raw, free_openssl());
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        throw error(errc::invalid_argument, is_private ? "the private key is not an RSA key in PEM, or it is encrypted"
                                                       : "the public key is not an RSA key in PEM");
    return key;
}

const unsigned char* octets_of(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

rsa_key::rsa_key(std::shared_ptr<EVP_PKEY> key, bool is_private) : key_(std::move(key)), is_private_(is_private)
{}

rsa_key rsa_key::read_private(std::string_view pem)
{
    return rsa_key(read_key(pem, true), true);
}

rsa_key rsa_key::read_public(std::string_view pem)
{
    return rsa_key(read_key(pem, false), false);
}

result<std::vector<unsigned char>> rsa_key::sign(hash_function hash, std::string_view text) const
{
    if (!is_private_)
        return error(errc::invalid_argument, "a public key can check a signature but not make one");
    const digest_context context(EVP_MD_CTX_new());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
    std::vector<unsigned char> octets(size);
    if (!context || EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), octets.data(), &size, octets_of(text), text.size()) != 1)
        return error(errc::invalid_argument, "OpenSSL refuses to sign with this RSA key and digest")
            .with_hint("a crypto policy of this system may forbid SHA-1 signatures or a key this short");
    octets.resize(size);
    return octets;
}

bool rsa_key::verify(hash_function hash, std::string_view text, std::span<const unsigned char> signature) const
{
    const digest_context context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets_of(text), text.size()) == 1;
}

} // namespace coauth::crypto
