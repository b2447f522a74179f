// HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512 (RFC 5849, section 3.4.2; RFC 2104).
#include "oauth1/digest.hpp"
#include "text/base64.hpp"

#include <coauth/oauth1/signature_method.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <openssl/crypto.h>

#include <array>
#include <cstring>
#include <new>

namespace coauth::oauth1 {

namespace {

struct free_context {
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
};
using context = std::unique_ptr<EVP_MD_CTX, free_context>;

context new_context()
{
    context c(EVP_MD_CTX_new());
    if (!c)
        throw std::bad_alloc();
    return c;
}

void require(int ok)
{
    if (ok != 1)
        throw std::bad_alloc(); // with a digest that was fetched these calls fail for want of memory only
}

// Keeps the two digest states in which the padded key was already absorbed, so that each signature
// costs the message and one block more. The states are copied, never changed: one key serves threads.
class hmac_key final : public signing_key {
public:
    hmac_key(const EVP_MD* md, std::string_view key) : inner_(new_context()), outer_(new_context())
    {
        const auto block = static_cast<std::size_t>(EVP_MD_get_block_size(md));
        std::array<unsigned char, 128> pad{};
        unsigned shortened = 0;
        if (key.size() > block)
            require(EVP_Digest(key.data(), key.size(), pad.data(), &shortened, md, nullptr));
        else
            std::memcpy(pad.data(), key.data(), key.size());

        absorb(*inner_, md, pad, block, 0x36);
        absorb(*outer_, md, pad, block, 0x5c);
        OPENSSL_cleanse(pad.data(), pad.size());
    }

    result<void> sign(std::string_view base_string, std::string& out) const override
    {
        // A scratch state a thread: making one costs an allocation. Reset, it holds nothing of the key.
        static thread_local const context scratch = new_context();
        std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
        unsigned size = 0;
        require(EVP_MD_CTX_copy_ex(scratch.get(), inner_.get()));
        require(EVP_DigestUpdate(scratch.get(), base_string.data(), base_string.size()));
        require(EVP_DigestFinal_ex(scratch.get(), mac.data(), &size));
        require(EVP_MD_CTX_copy_ex(scratch.get(), outer_.get()));
        require(EVP_DigestUpdate(scratch.get(), mac.data(), size));
        require(EVP_DigestFinal_ex(scratch.get(), mac.data(), &size));
        EVP_MD_CTX_reset(scratch.get());
        text::base64_encode({mac.data(), size}, out);
        return {};
    }

    bool verify(std::string_view base_string, std::string_view signature) const override
    {
        // Comparing texts is strict about base64: only the canonical one is equal.
        std::string expected;
        return sign(base_string, expected).has_value() && equal_in_constant_time(expected, signature);
    }

private:
    static void absorb(EVP_MD_CTX& state, const EVP_MD* md, const std::array<unsigned char, 128>& key,
        std::size_t block, unsigned char with)
    {
        std::array<unsigned char, 128> pad{};
        for (std::size_t i = 0; i < block; ++i)
            pad[i] = static_cast<unsigned char>(key[i] ^ with);
        require(EVP_DigestInit_ex2(&state, md, nullptr));
        require(EVP_DigestUpdate(&state, pad.data(), block));
        OPENSSL_cleanse(pad.data(), pad.size());
    }

    context inner_;
    context outer_;
};

class hmac_algorithm final : public signature_algorithm {
public:
    hmac_algorithm(std::string_view name, const char* digest_name) : name_(name), digest_name_(digest_name) {}

    std::string_view name() const noexcept override { return name_; }

    std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        struct wiped_at_the_end {
            std::string text;
            ~wiped_at_the_end() { wipe(text); }
        } holder;
        std::string& key = holder.text;
        // Room for every octet escaped, so that no outgrown buffer keeps a copy of the secrets.
        key.reserve(3 * (consumer_secret.size() + token_secret.size()) + 1);
        text::percent_encode(consumer_secret.reveal(), key);
        key += '&';
        text::percent_encode(token_secret.reveal(), key);
        return std::make_unique<hmac_key>(digest(digest_name_), key);
    }

    std::string body_hash(std::string_view body) const override { return digest_base64(digest(digest_name_), body); }

private:
    std::string_view name_;
    const char* digest_name_;
};

} // namespace

signature_method hmac_sha1()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA1", "SHA1");
    return instance;
}

signature_method hmac_sha256()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA256", "SHA256");
    return instance;
}

signature_method hmac_sha512()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA512", "SHA512");
    return instance;
}

} // namespace coauth::oauth1
