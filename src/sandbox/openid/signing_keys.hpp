// The keys that sign ID tokens: which is used, and which are published.
#pragma once

#include "oauth2/signing_key.hpp"
#include "sandbox/world/random.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::sandbox {

/// RSA keys, made when they are first needed: making one takes a moment.
///
/// Thread safety: not safe; the provider guards it.
class signing_keys {
public:
    /// `random`: for their names; the keys themselves are OpenSSL's.
    explicit signing_keys(random_source random) : random_(std::move(random)) {}

    /// The compact JWS (RFC 7515) of a JSON text, by RS256 and the newest key.
    std::string sign(std::string_view payload);

    /// The JWKS as JSON text: the newest key first, and the one before it, so that its tokens stay valid.
    std::string public_keys();

    /// A new key signs from now on. The last key stays in the JWKS until the next rotation.
    void rotate();

private:
    void make_first();
    oauth2::signing_key made() const;

    random_source random_;
    std::vector<oauth2::signing_key> keys_; ///< Newest first.
};

} // namespace coauth::sandbox
