// A user's access to a provider, as it is kept.
#pragma once

#include <coauth/secret.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace coauth {

/// What a provider issued for one user, as a store keeps it. Only its provider understands the text, which begins with
/// the kind of what follows: "oauth1 ...".
///
/// Thread safety: a value. Lifetime: owns its text and wipes it.
class credential {
public:
    /// Valid until it is revoked.
    explicit credential(secret text) : text_(std::move(text)) {}

    /// `expires_at` empty: valid until it is revoked. `renewable`: `login_provider::renew` gives another one; if not, it
    /// is used until it expires, and the user signs in again then.
    credential(secret text, std::optional<std::chrono::sys_seconds> issued_at,
        std::optional<std::chrono::sys_seconds> expires_at, bool renewable)
        : text_(std::move(text)), issued_at_(issued_at), expires_at_(expires_at), renewable_(renewable)
    {}

    const secret& text() const noexcept { return text_; }
    std::optional<std::chrono::sys_seconds> issued_at() const noexcept { return issued_at_; }
    std::optional<std::chrono::sys_seconds> expires_at() const noexcept { return expires_at_; }
    bool renewable() const noexcept { return renewable_; }

private:
    secret text_;
    std::optional<std::chrono::sys_seconds> issued_at_;
    std::optional<std::chrono::sys_seconds> expires_at_;
    bool renewable_ = false;
};

} // namespace coauth
