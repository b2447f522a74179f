// The key of what is stored for a user.
#pragma once

#include <coauth/identity/signed_in_user.hpp>

#include <compare>
#include <string>
#include <utility>

namespace coauth::store {

/// A user of a provider: 12345 at one provider is another user than 12345 at the next.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct user_key {
    user_key(std::string new_provider, std::string new_id) : provider(std::move(new_provider)), id(std::move(new_id)) {}
    explicit user_key(const signed_in_user& user) : provider(user.provider), id(user.id) {}

    std::string provider; ///< Its name, such as "x".
    std::string id;

    auto operator<=>(const user_key&) const = default;
};

} // namespace coauth::store
