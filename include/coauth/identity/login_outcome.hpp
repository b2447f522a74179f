// How a login ended.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/user.hpp>

#include <string>
#include <string_view>

namespace coauth {

enum class login_status {
    granted,       ///< The user signed in.
    denied,        ///< The user refused.
    expired,       ///< The callback came too late, or never.
    unknown,       ///< There is no such login.
    replayed,      ///< This login was finished before.
    wrong_browser, ///< Another browser began this login, or the cookie is missing.
};

/// "granted", "denied", ...; as the codes of `errc` where there is one.
COAUTH_DECL std::string_view name(login_status status) noexcept;

/// How a login ended. All of these are normal.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct login_outcome {
    login_outcome() = default;
    explicit login_outcome(login_status new_status) : status(new_status) {}

    login_status status = login_status::unknown;
    signed_in_user user;   ///< Set exactly if granted; the session holds this user's credential now.
    std::string return_to; ///< The caller's own text, if granted, denied or expired while awaited.
};

} // namespace coauth
