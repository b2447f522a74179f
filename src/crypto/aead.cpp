#include "crypto/aead.hpp"

#include "crypto/hmac.hpp"
#include "crypto/random.hpp"

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <utility>

namespace coauth::crypto {

namespace {

struct free_aead_object {
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
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

std::string_view text_of(const digest& octets) noexcept
{
    return {reinterpret_cast<const char*>(octets.octets.data()), octets.size};
}

// Fetched once a process: fetching costs more than a record.
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

// One block of the expansion is all that a key needs. OpenSSL's EVP_KDF takes two and a half times as long, more than
// encrypting a record.
secret derive_key(std::string_view key, std::string_view salt, std::string_view info)
{
    const auto sha256 = hash_named("SHA256");
    auto extracted = hmac(sha256, salt, key);
    auto expanded = hmac(sha256, text_of(extracted), std::string(info) + '\x01');
    secret out(text_of(expanded));
    wipe(extracted.octets.data(), extracted.size);
    wipe(expanded.octets.data(), expanded.size);
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
