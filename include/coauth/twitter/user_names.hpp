// Ids and user names at X.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/user_ref.hpp>

#include <string>

namespace coauth::twitter {

/// True if X can be asked for this user: an id of 1 to 19 digits without a zero in front, a name of 1 to 15
/// of `[A-Za-z0-9_]`. X refuses a whole request for a longer name; ask by id for those.
COAUTH_DECL bool can_be_asked_for(const user_ref& user) noexcept;

/// The same for two that mean the same user in the same way: names compare without case, and a name never
/// equals an id.
COAUTH_DECL std::string lookup_key(const user_ref& user);

} // namespace coauth::twitter
