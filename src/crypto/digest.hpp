// SHA-1, SHA-256 and SHA-512.
#pragma once

#include <coauth/export.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

struct evp_md_st; // OpenSSL's EVP_MD

namespace coauth::crypto {

using hash_function = const evp_md_st*;

/// OpenSSL's hash function "SHA1", "SHA256" or "SHA512", fetched once a process: fetching costs as much as hashing.
/// Throws `errc::invalid_argument` if this OpenSSL does not offer it.
COAUTH_DECL hash_function hash_named(std::string_view name);

/// What a hash function or an HMAC gives: 20, 32 or 64 octets.
struct digest {
    digest() = default;

    std::array<unsigned char, 64> octets{};
    std::size_t size = 0;

    std::span<const unsigned char> view() const noexcept { return {octets.data(), size}; }
};

COAUTH_DECL digest digest_of(hash_function hash, std::string_view text);

COAUTH_DECL std::array<std::uint8_t, 32> sha256(std::string_view text);

/// The same of several texts, one behind the other.
COAUTH_DECL std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> texts);

} // namespace coauth::crypto
