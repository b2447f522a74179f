// How a provider's directory is asked.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/user_ref.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace coauth {

/// What differs between the directories of providers. A provider that looks nobody up has none.
///
/// Thread safety: a value. Lifetime: a value.
struct COAUTH_DECL lookup_rules {
    lookup_rules() = default;

    /// The most users in one request. At least 1.
    std::size_t max_users = 100;

    /// Requests by id and requests by name count against one rate limit. Default false: each has its own.
    bool one_limit = false;

    /// How long the ordinary rate-limit window is: a reset further away than this and a minute is not accepted.
    /// (A day's windows are a day.)
    std::chrono::seconds window{900};

    /// What a profile costs, in millionths of the currency. Default 0.
    std::uint64_t price_micros = 0;

    /// Why this user can't be asked for, in words for the caller; empty if it can be. Default: any text but the empty one.
    std::string (*objection)(const user_ref& user) = any_user;

    /// The same for two that mean the same user in the same way; a name never equals an id. Default: the text itself.
    std::string (*key)(const user_ref& user) = exact_key;

    static std::string any_user(const user_ref& user);
    static std::string exact_key(const user_ref& user);
};

} // namespace coauth
