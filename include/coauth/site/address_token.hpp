// Proof that a client was sent something at its address.
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::site {

/// Makes and checks address tokens, such as QUIC has (RFC 9000, section 8.1): the time, and a MAC of
/// the time and the client's address. A page puts one into a cookie; the request that follows it from
/// the same address then differs from the first request of a flood.
///
/// Nothing is remembered. A token is good for one IPv4 address or IPv6 /64, as `address_limit` counts
/// them, so however often it is sent, it is worth no more than what that limit lets its address do.
/// Tokens of another object, of another process and of the time before a restart are not valid.
///
/// Thread safety: safe through its const functions. Lifetime: owns its key and wipes it.
class COAUTH_DECL address_tokens {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `lifetime`: how long a token is valid; at least 1 s. Draws a key. Throws `errc::invalid_argument`
    /// for another lifetime, and `std::runtime_error` if OpenSSL has no random octets.
    explicit address_tokens(std::chrono::seconds lifetime = std::chrono::hours(1));

    std::chrono::seconds lifetime() const noexcept { return lifetime_; }

    /// A token for `address` ("192.0.2.7", "2001:db8::1"; no port): 48 of `[0-9a-f]`.
    std::string issue(std::string_view address, time_point now) const;

    /// How long ago `token` was issued for `address`, in whole seconds; empty if it was not issued here,
    /// not for this address, or `lifetime` ago.
    std::optional<std::chrono::seconds> age(std::string_view token, std::string_view address, time_point now) const;

private:
    std::string token_of(std::string_view address, std::chrono::seconds issued) const;

    secret key_;
    std::chrono::seconds lifetime_;
};

} // namespace coauth::site
