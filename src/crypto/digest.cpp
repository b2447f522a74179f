#include "crypto/digest.hpp"

#include <coauth/error.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string>

namespace coauth::crypto {

namespace {

struct free_hash {
    void operator()(EVP_MD* hash) const noexcept { EVP_MD_free(hash); }
};

struct known_hash {
    explicit known_hash(const char* name) : name(name), hash(EVP_MD_fetch(nullptr, name, nullptr)) {}

    std::string_view name;
    std::unique_ptr<EVP_MD, free_hash> hash;
};

struct free_state {
    void operator()(EVP_MD_CTX* state) const noexcept { EVP_MD_CTX_free(state); }
};

// Kept, since making one and freeing it costs more than the digest of a short text. OpenSSL wipes the text when the digest
// is done.
class sha256_state {
public:
    explicit sha256_state() = default;

    std::array<std::uint8_t, 32> digest_of(std::initializer_list<std::string_view> texts)
    {
        std::array<std::uint8_t, 32> out{};
        bool good = begin();
        for (const std::string_view text : texts)
            good = good && EVP_DigestUpdate(state_.get(), text.data(), text.size()) == 1;
        if (!good || EVP_DigestFinal_ex(state_.get(), out.data(), nullptr) != 1) {
            state_.reset();
            throw error(errc::invalid_argument, "OpenSSL could not make the digest");
        }
        return out;
    }

private:
    // With a null type OpenSSL begins anew with what it has.
    bool begin()
    {
        if (state_)
            return EVP_DigestInit_ex(state_.get(), nullptr, nullptr) == 1;
        state_.reset(EVP_MD_CTX_new());
        return state_ && EVP_DigestInit_ex(state_.get(), hash_named("SHA256"), nullptr) == 1;
    }

    std::unique_ptr<EVP_MD_CTX, free_state> state_;
};

} // namespace

hash_function hash_named(std::string_view name)
{
    static const std::array<known_hash, 3> all = {known_hash("SHA1"), known_hash("SHA256"), known_hash("SHA512")};
    const auto known = std::find_if(all.begin(), all.end(), [name](const known_hash& h) { return h.name == name; });
    if (known == all.end() || !known->hash)
        throw error(errc::invalid_argument, "this system's OpenSSL does not offer " + std::string(name))
            .with_hint("its configuration or a crypto policy may forbid it");
    return known->hash.get();
}

digest digest_of(hash_function hash, std::string_view text)
{
    static_assert(std::tuple_size_v<decltype(digest::octets)> >= EVP_MAX_MD_SIZE);
    digest out;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), out.octets.data(), &size, hash, nullptr) != 1)
        throw error(errc::invalid_argument, "OpenSSL could not make the digest");
    out.size = size;
    return out;
}

std::array<std::uint8_t, 32> sha256(std::string_view text)
{
    return sha256({text});
}

std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> texts)
{
    static thread_local sha256_state state;
    return state.digest_of(texts);
}

} // namespace coauth::crypto
