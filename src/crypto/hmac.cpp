#include "crypto/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

namespace coauth::crypto {

namespace {

constexpr std::size_t longest_block = 128; // of SHA-512

void require(int ok)
{
    if (ok != 1)
        throw std::bad_alloc(); // with a digest that was fetched these calls fail only for lack of memory
}

void absorb(EVP_MD_CTX& state, const EVP_MD* hash, const std::array<unsigned char, longest_block>& key,
    std::size_t block, unsigned char padding)
{
    std::array<unsigned char, longest_block> pad{};
    for (std::size_t i = 0; i < block; ++i)
        pad[i] = static_cast<unsigned char>(key[i] ^ padding);
    require(EVP_DigestInit_ex2(&state, hash, nullptr));
    require(EVP_DigestUpdate(&state, pad.data(), block));
    OPENSSL_cleanse(pad.data(), pad.size());
}

} // namespace

void hmac_key::free_state::operator()(EVP_MD_CTX* state) const noexcept
{
    EVP_MD_CTX_free(state);
}

hmac_key::state hmac_key::new_state()
{
    state made(EVP_MD_CTX_new());
    if (!made)
        throw std::bad_alloc();
    return made;
}

hmac_key::state hmac_key::copy_of(const EVP_MD_CTX& original)
{
    state made = new_state();
    require(EVP_MD_CTX_copy_ex(made.get(), &original));
    return made;
}

hmac_key::hmac_key(hash_function hash, std::string_view key) : inner_(new_state()), outer_(new_state())
{
    const auto block = static_cast<std::size_t>(EVP_MD_get_block_size(hash));
    std::array<unsigned char, longest_block> padded{};
    unsigned shortened = 0;
    if (key.size() > block)
        require(EVP_Digest(key.data(), key.size(), padded.data(), &shortened, hash, nullptr));
    else
        std::copy(key.begin(), key.end(), padded.begin());

    absorb(*inner_, hash, padded, block, 0x36);
    absorb(*outer_, hash, padded, block, 0x5c);
    OPENSSL_cleanse(padded.data(), padded.size());
}

hmac_key::hmac_key(const hmac_key& key, std::string_view beginning)
    : inner_(copy_of(*key.inner_)), outer_(copy_of(*key.outer_))
{
    require(EVP_DigestUpdate(inner_.get(), beginning.data(), beginning.size()));
}

hmac_key::~hmac_key() = default;

digest hmac_key::sign(std::string_view text) const
{
    // A scratch state a thread: making one costs an allocation. After the last step it holds the MAC and nothing of the key.
    static thread_local const state scratch = new_state();
    digest mac;
    unsigned size = 0;
    require(EVP_MD_CTX_copy_ex(scratch.get(), inner_.get()));
    require(EVP_DigestUpdate(scratch.get(), text.data(), text.size()));
    require(EVP_DigestFinal_ex(scratch.get(), mac.octets.data(), &size));
    require(EVP_MD_CTX_copy_ex(scratch.get(), outer_.get()));
    require(EVP_DigestUpdate(scratch.get(), mac.octets.data(), size));
    require(EVP_DigestFinal_ex(scratch.get(), mac.octets.data(), &size));
    mac.size = size;
    return mac;
}

digest hmac(hash_function hash, std::string_view key, std::string_view text)
{
    return hmac_key(hash, key).sign(text);
}

} // namespace coauth::crypto
