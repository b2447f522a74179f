// A login between its first leg and its last, as a store keeps it.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/credentials.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::store {

/// Names a login without giving its request token away: the first 16 octets of the token's SHA-256.
struct login_id {
    login_id() = default;

    std::array<std::uint8_t, 16> octets{};

    auto operator<=>(const login_id&) const = default;
};

COAUTH_DECL login_id id_of_login(std::string_view request_token);

/// What a store knows of a browser: the SHA-256 of its binding, so that a stolen store opens no login.
struct COAUTH_DECL browser_digest {
    browser_digest() = default;

    std::array<std::uint8_t, 32> octets{};

    /// Compares in constant time.
    bool matches(const browser_digest& other) const noexcept;
};

COAUTH_DECL browser_digest digest_of_browser(std::string_view binding);

/// A login that has begun.
///
/// Thread safety: a value. Lifetime: owns its texts; the secret is wiped.
struct pending_login {
    explicit pending_login(oauth1::request_token new_token) : token(std::move(new_token)) {}
    pending_login(oauth1::request_token new_token, browser_digest new_browser, std::string new_return_to)
        : token(std::move(new_token)), browser(new_browser), return_to(std::move(new_return_to))
    {}

    oauth1::request_token token;
    browser_digest browser;
    std::string return_to; ///< The caller's own text; comes back with the outcome.
};

} // namespace coauth::store
