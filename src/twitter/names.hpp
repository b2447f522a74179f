// User names and ids as texts. User names are equal in any case of ASCII (text/ascii.hpp).
#pragma once

#include <coauth/identity/user_ref.hpp>

#include <string>
#include <string_view>

namespace coauth::twitter {

/// True for a name that can be asked for: 1 to 15 of `[A-Za-z0-9_]`. The provider refuses a whole
/// request for a longer one.
bool is_username(std::string_view text) noexcept;

/// True for a name that an account may have: at least one of `[A-Za-z0-9_]`. Old accounts have names of
/// up to 20.
bool is_account_name(std::string_view text) noexcept;

/// 1 to 19 digits, no zero in front.
bool is_id(std::string_view text) noexcept;

/// Why X can't be asked for the user; empty if it can be.
std::string objection_to(const user_ref& user);

} // namespace coauth::twitter
