// HMAC (RFC 2104).
#pragma once

#include "crypto/digest.hpp"

#include <memory>
#include <string_view>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX

namespace coauth::crypto {

/// A key made ready: it keeps the two digest states in which the padded key was already absorbed, so that each MAC costs
/// the text and one block more.
///
/// Thread safety: safe through its const functions. Lifetime: copies the key, and OpenSSL wipes its states.
class COAUTH_DECL hmac_key {
public:
    /// Throws `std::bad_alloc` for lack of memory.
    hmac_key(hash_function hash, std::string_view key);
    /// The same key for texts that begin with `beginning`, which is absorbed here: `sign` takes what follows it. Throws
    /// `std::bad_alloc` for lack of memory.
    hmac_key(const hmac_key& key, std::string_view beginning);
    ~hmac_key();
    hmac_key(const hmac_key&) = delete;
    hmac_key& operator=(const hmac_key&) = delete;

    /// The MAC of `text`. Throws `std::bad_alloc` for lack of memory.
    digest sign(std::string_view text) const;

private:
    struct free_state {
        void operator()(evp_md_ctx_st* state) const noexcept;
    };
    using state = std::unique_ptr<evp_md_ctx_st, free_state>;

    static state new_state();
    static state copy_of(const evp_md_ctx_st& original);

    // Copied, never changed: one key serves threads.
    state inner_;
    state outer_;
};

/// The MAC of `text` with a key that is used once. Throws `std::bad_alloc` for lack of memory.
COAUTH_DECL digest hmac(hash_function hash, std::string_view key, std::string_view text);

} // namespace coauth::crypto
