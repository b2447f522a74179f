// A login between its beginning and its callback, as a store keeps it.
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::store {

/// Identifies a login without giving its key away: the first 16 octets of the SHA-256 of the provider's name and the
/// login's key (`begun_login::key`).
struct login_id {
    login_id() = default;

    std::array<std::uint8_t, 16> octets{};

    auto operator<=>(const login_id&) const = default;
};

COAUTH_DECL login_id id_of_login(std::string_view provider, std::string_view key);

/// What a store knows of a browser: the SHA-256 of its binding, so that a stolen store opens no login.
struct COAUTH_DECL browser_digest {
    browser_digest() = default;

    std::array<std::uint8_t, 32> octets{};

    /// Compares in constant time.
    bool matches(const browser_digest& other) const noexcept;
};

COAUTH_DECL browser_digest digest_of_browser(std::string_view binding);

/// A login that has begun. Its URL and its key are not kept: whoever reads a store can neither continue a login nor
/// forge its callback.
///
/// Thread safety: a value. Lifetime: owns its texts; the proof is wiped.
struct pending_login {
    pending_login(const login_id& new_id, secret new_proof, const browser_digest& new_browser = browser_digest(),
        std::string new_return_to = {})
        : id(new_id), proof(std::move(new_proof)), browser(new_browser), return_to(std::move(new_return_to))
    {}

    login_id id;
    secret proof; ///< `begun_login::proof`.
    browser_digest browser;
    std::string return_to; ///< The caller's own text; comes back with the outcome.
};

} // namespace coauth::store
