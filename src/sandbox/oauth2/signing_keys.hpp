// The keys that sign ID tokens, and their public halves as a JWKS (RFC 7517).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// RSA keys of 2048 bits, made when they are first needed: making one takes a moment.
///
/// Thread safety: not safe; the provider guards it.
class signing_keys {
public:
    signing_keys();
    ~signing_keys();
    signing_keys(const signing_keys&) = delete;
    signing_keys& operator=(const signing_keys&) = delete;

    /// The compact JWS (RFC 7515) of a JSON text, by RS256 and the newest key.
    std::string sign(std::string_view payload);

    /// The JWKS as JSON text: the newest key, and the one before it, so that its tokens stay valid.
    std::string public_keys();

    /// A new key signs from now on. The last key stays in the JWKS until the next rotation.
    void rotate();

private:
    class key;
    key& newest();

    std::vector<std::unique_ptr<key>> keys_; ///< Newest last.
};

} // namespace coauth::sandbox
