// A profile as a line of JSON.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/profile.hpp>

#include <string>

namespace coauth {

/// The profile as one line of JSON, without a line feed: an object with each member of `profile` in its order ("protected"
/// for `is_protected`), null where the provider gave nothing (`username`, too), and `created_at` as "2026-11-28T13:00:00Z".
COAUTH_DECL std::string to_json(const profile& user);

} // namespace coauth
