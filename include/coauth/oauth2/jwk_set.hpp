// The public keys of a provider (RFC 7517): whose signature a token has.
#pragma once

#include <coauth/oauth2/jws.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::crypto {
class public_key;
}

namespace coauth::oauth2 {

/// The largest JWK set that is read, in octets, and how many keys it may have.
inline constexpr std::size_t max_jwk_set = 256 * 1024;
inline constexpr std::size_t max_jwk_count = 100;

/// What a set of keys says of a signature.
enum class signature_verdict {
    valid,
    invalid,     ///< The key that the token names did not make this signature.
    unknown_key, ///< No key of the set can have made it: the provider may have new keys, so fetch the set once more.
};

/// Thread safety: a value; copies share the keys. Lifetime: owns what it holds.
class COAUTH_DECL jwk_set {
public:
    /// No keys.
    jwk_set() = default;

    /// Reads the body of a `jwks_uri`. Keys of other kinds, other curves, too few bits, or for another use than signatures
    /// are left out, as section 5 wants. Fails with `errc::malformed_response` for anything but an object with a list
    /// `keys`, for over `max_jwk_count` of them and for none that can be used; with `errc::response_too_large` over
    /// `max_jwk_set`.
    static result<jwk_set> parse(std::string_view body);

    std::size_t size() const noexcept { return keys_.size(); }

    /// Checks the signature with the key that the token names, or with each that fits if it names none.
    signature_verdict verify(const jws& token) const;

private:
    struct key {
        key() = default;

        std::string id;
        std::optional<jws_algorithm> algorithm; ///< The only one it is for, if the set says so.
        std::shared_ptr<const crypto::public_key> material;
    };
    struct reader;

    std::vector<key> keys_;
};

} // namespace coauth::oauth2
