// Users, as the accounts of a provider.
#pragma once

#include <string>
#include <utility>

namespace coauth {

/// An account: a provider and the user's id there, since 12345 at GitHub is not 12345 at X.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct user_key {
    user_key(std::string new_provider, std::string new_id) : provider(std::move(new_provider)), id(std::move(new_id)) {}

    std::string provider; ///< `login_provider::name()`.
    std::string id;       ///< As the provider gives it; never given to another user.

    friend bool operator==(const user_key&, const user_key&) = default;
    friend auto operator<=>(const user_key&, const user_key&) = default;
};

/// A user who has signed in.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct signed_in_user {
    signed_in_user() = default;
    signed_in_user(
        std::string new_provider, std::string new_id, std::string new_username = {}, std::string new_name = {})
        : provider(std::move(new_provider)), id(std::move(new_id)), username(std::move(new_username)),
          name(std::move(new_name))
    {}

    user_key key() const { return user_key(provider, id); }

    std::string provider; ///< `login_provider::name()`.
    std::string id;       ///< With `provider` the key for stored data: it is never given to another user.
    std::string username; ///< As it was at the login. Empty where the provider has none, or did not tell.
    std::string name;     ///< The same, as shown to others. X does not tell it at a login: ask `session::me`.
};

} // namespace coauth
