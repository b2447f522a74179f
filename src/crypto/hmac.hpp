// HMAC (RFC 2104).
#pragma once

#include "crypto/digest.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX

namespace coauth::crypto {

/// A key, padded. A MAC hashes the key's two blocks and the text.
///
/// Thread safety: safe through its const functions. Lifetime: copies the key, and wipes it.
class COAUTH_DECL hmac_key {
public:
    /// Throws `std::bad_alloc` for lack of memory.
    hmac_key(hash_function hash, std::string_view key);
    ~hmac_key();
    hmac_key(const hmac_key&) = delete;
    hmac_key& operator=(const hmac_key&) = delete;

    /// The MAC of `text`. Throws `std::bad_alloc` for lack of memory.
    digest sign(std::string_view text) const;

private:
    friend class begun_hmac;

    // Begins a digest with the key, which `padding` is combined with.
    void absorb(evp_md_ctx_st& state, unsigned char padding) const;

    hash_function hash_;
    std::size_t block_size_;
    std::array<unsigned char, 128> padded_{}; // the longest block is that of SHA-512
};

/// A key for many texts with the same beginning: it keeps the two digest states in which the padded key and the beginning were
/// absorbed, so that a MAC hashes what follows it and one block more.
///
/// Thread safety: safe through its const functions. Lifetime: copies the key, and OpenSSL wipes its states.
class COAUTH_DECL begun_hmac {
public:
    /// Throws `std::bad_alloc` for lack of memory.
    begun_hmac(const hmac_key& key, std::string_view beginning);
    ~begun_hmac();
    begun_hmac(const begun_hmac&) = delete;
    begun_hmac& operator=(const begun_hmac&) = delete;

    /// The MAC of the beginning and `rest`. Throws `std::bad_alloc` for lack of memory.
    digest sign(std::string_view rest) const;

private:
    // Copied, never changed: one key serves threads.
    const std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> inner_;
    const std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> outer_;
};

/// The MAC of `text` with a key that is used once. Throws `std::bad_alloc` for lack of memory.
COAUTH_DECL digest hmac(hash_function hash, std::string_view key, std::string_view text);

} // namespace coauth::crypto
