// A user who has signed in.
#pragma once

#include <string>
#include <utility>

namespace coauth {

/// A user who has signed in.
struct signed_in_user {
    signed_in_user() = default;
    signed_in_user(std::string new_id, std::string new_username)
        : id(std::move(new_id)), username(std::move(new_username))
    {}

    std::string provider; ///< The provider's name, such as "x". Provider and id together are the key for stored data.
    std::string id;       ///< The provider never gives it to another user.
    std::string username; ///< As it was at the login; empty if the provider has none.
    std::string name;     ///< The same, as the user writes it; empty if the provider did not send it.
};

} // namespace coauth
