// When a credential is renewed. Pure: time and chance are arguments.
#pragma once

#include <coauth/identity/credential.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace coauth::sessions {

/// A credential is renewed after 80 to 90 % of its life, at random, so that many that were issued together are not
/// renewed together. One whose beginning is not known is renewed a minute before its end. A renewal that fails is tried
/// again later, as long as the credential lasts.
class credential_lifetime {
public:
    using time_point = std::chrono::sys_seconds;

    /// `chance`: from 0 up to 1.
    credential_lifetime(const credential& held, double chance) : expires_at_(held.expires_at())
    {
        if (expires_at_ && held.renewable())
            renew_at_ = held.issued_at() ? part_of(*held.issued_at(), chance) : *expires_at_ - std::chrono::minutes(1);
    }

    /// True if it can be used as it is.
    bool is_fresh(time_point now) const { return !has_expired(now) && (!renew_at_ || now < *renew_at_); }

    bool has_expired(time_point now) const { return expires_at_ && now >= *expires_at_; }

    void renewal_failed(time_point again_at) { renew_at_ = again_at; }

private:
    time_point part_of(time_point issued_at, double chance) const
    {
        const auto life = std::max(*expires_at_ - issued_at, std::chrono::seconds(0));
        return issued_at + std::chrono::floor<std::chrono::seconds>(life * (0.8 + 0.1 * chance));
    }

    std::optional<time_point> expires_at_; ///< Empty: it does not expire.
    std::optional<time_point> renew_at_;   ///< Empty: not at all.
};

} // namespace coauth::sessions
