// Authenticated encryption: AES-256-GCM (NIST SP 800-38D), with keys that HKDF derives (RFC 5869).
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::crypto {

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;

/// 32 octets derived from `key` by HKDF with SHA-256. Throws `std::bad_alloc` for lack of memory.
COAUTH_DECL secret derive_key(std::string_view key, std::string_view salt, std::string_view info);

/// The text encrypted, and the tag behind it, for a key of 32 octets and a nonce of 12 that no other text under this key
/// has. `associated` is not encrypted; without the same one it can't be opened. Throws `std::bad_alloc` for lack of memory.
COAUTH_DECL std::string aead_seal(
    std::string_view key, std::string_view nonce, std::string_view associated, std::string_view text);

/// The text again; nothing if any octet of the key, the nonce, `associated` or what is sealed differs. Throws
/// `std::bad_alloc` for lack of memory.
COAUTH_DECL std::optional<secret> aead_open(
    std::string_view key, std::string_view nonce, std::string_view associated, std::string_view sealed);

} // namespace coauth::crypto
