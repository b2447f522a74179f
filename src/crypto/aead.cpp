#include "crypto/aead.hpp"

#include "crypto/random.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <new>
#include <utility>

namespace coauth::crypto {

namespace {

struct free_aead_object {
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_KDF* function) const noexcept { EVP_KDF_free(function); }
    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};
template <class T>
using aead_object = std::unique_ptr<T, free_aead_object>;

// With algorithms that were fetched and sizes that are right these calls fail only for lack of memory.
void need_memory(bool good)
{
    if (!good)
        throw std::bad_alloc();
}

const unsigned char* aead_octets(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's parameters are not const, for no call here writes through them.
OSSL_PARAM octet_parameter(const char* name, std::string_view text)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
}

// Fetched once a process: fetching costs more than a record.
EVP_KDF* hkdf()
{
    static const aead_object<EVP_KDF> fetched(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
    need_memory(fetched != nullptr);
    return fetched.get();
}

const EVP_CIPHER* aes_256_gcm()
{
    static const aead_object<EVP_CIPHER> fetched(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    need_memory(fetched != nullptr);
    return fetched.get();
}

aead_object<EVP_CIPHER_CTX> new_cipher()
{
    aead_object<EVP_CIPHER_CTX> made(EVP_CIPHER_CTX_new());
    need_memory(made != nullptr);
    return made;
}

} // namespace

secret derive_key(std::string_view key, std::string_view salt, std::string_view info)
{
    const aead_object<EVP_KDF_CTX> context(EVP_KDF_CTX_new(hkdf()));
    need_memory(context != nullptr);
    char hash[] = "SHA256";
    const std::array parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash, 0),
        octet_parameter(OSSL_KDF_PARAM_KEY, key),
        octet_parameter(OSSL_KDF_PARAM_SALT, salt),
        octet_parameter(OSSL_KDF_PARAM_INFO, info),
        OSSL_PARAM_construct_end(),
    };
    std::array<unsigned char, aead_key_size> derived{};
    need_memory(EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1);
    secret out(std::string_view(reinterpret_cast<const char*>(derived.data()), derived.size()));
    wipe(derived.data(), derived.size());
    return out;
}

std::string aead_seal(std::string_view key, std::string_view nonce, std::string_view associated, std::string_view text)
{
    const auto context = new_cipher();
    std::string sealed(text.size() + aead_tag_size, '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    int written = 0;
    need_memory(EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), aead_octets(key), aead_octets(nonce), nullptr) == 1);
    need_memory(EVP_EncryptUpdate(context.get(), nullptr, &written, aead_octets(associated),
                    static_cast<int>(associated.size())) == 1);
    need_memory(EVP_EncryptUpdate(context.get(), out, &written, aead_octets(text), static_cast<int>(text.size())) == 1);
    need_memory(EVP_EncryptFinal_ex(context.get(), out + written, &written) == 1);
    need_memory(EVP_CIPHER_CTX_ctrl(
                    context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(aead_tag_size), out + text.size()) == 1);
    return sealed;
}

std::optional<secret> aead_open(
    std::string_view key, std::string_view nonce, std::string_view associated, std::string_view sealed)
{
    if (sealed.size() < aead_tag_size)
        return std::nullopt;
    const std::size_t size = sealed.size() - aead_tag_size;
    std::string tag(sealed.substr(size));
    std::string text(size, '\0');
    auto* out = reinterpret_cast<unsigned char*>(text.data());
    const auto context = new_cipher();
    int written = 0;
    need_memory(EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), aead_octets(key), aead_octets(nonce), nullptr) == 1);
    need_memory(EVP_DecryptUpdate(context.get(), nullptr, &written, aead_octets(associated),
                    static_cast<int>(associated.size())) == 1);
    need_memory(EVP_DecryptUpdate(context.get(), out, &written, aead_octets(sealed), static_cast<int>(size)) == 1);
    need_memory(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(aead_tag_size), tag.data()) == 1);
    const bool authentic = EVP_DecryptFinal_ex(context.get(), out + written, &written) == 1;
    secret opened(std::move(text));
    if (!authentic)
        return std::nullopt;
    return opened;
}

} // namespace coauth::crypto
