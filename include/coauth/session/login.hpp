// A login in a server: how it begins, and how it ends.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/signed_in_user.hpp>
#include <coauth/secret.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace coauth {

/// Ties a login to the browser that began it: 256 random bits that only that browser knows, kept in a
/// cookie (HttpOnly, SameSite=Lax, and Secure with the prefix `__Host-` on https) or, on a desktop,
/// in memory. Without it an attacker could finish their own login in another user's browser.
///
/// Thread safety: as `secret`. Lifetime: owns its text and wipes it.
class COAUTH_DECL browser_binding {
public:
    /// Empty: no binding yet.
    browser_binding() = default;

    /// From a cookie's value. Empty if the text is not the `reveal` of a binding.
    explicit browser_binding(std::string_view cookie);

    /// A new one, from OpenSSL's generator.
    static browser_binding random();

    bool empty() const noexcept { return text_.empty(); }

    /// The cookie's value: 43 of `[A-Za-z0-9_-]`, or empty.
    std::string_view reveal() const noexcept { return text_.reveal(); }

private:
    secret text_;
};

/// How a login begins.
struct login_request {
    login_request() = default;

    /// Any text of up to 1 KiB that comes back with the outcome, such as the path the user came from.
    /// The session does not check it: check that it is a path of your site before you redirect there.
    std::string return_to;

    /// Always asks the user, even one who allowed this app before. Default false.
    bool ask_again = false;
};

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
struct login_outcome {
    login_outcome() = default;
    explicit login_outcome(login_status new_status) : status(new_status) {}

    login_status status = login_status::unknown;
    signed_in_user user;   ///< Set exactly if granted; the session holds this user's token now.
    std::string return_to; ///< The caller's own text, if granted, denied or expired while awaited.
};

/// A login that has begun. Send the user to `url` and give the browser `binding` to keep.
///
/// Thread safety: a value. Lifetime: may outlive the session; the outcome is kept for
/// `session::wait` until this is destroyed.
class COAUTH_DECL login {
public:
    /// An empty login; `session::wait` fails with `errc::invalid_argument`.
    login() = default;

    std::string url;         ///< The provider's page.
    browser_binding binding; ///< The one given to `begin_login`, or a new one.

    class ticket; ///< Private to the session.
    login(std::string url, browser_binding binding, std::shared_ptr<ticket> awaited);
    const std::shared_ptr<ticket>& awaited() const noexcept { return awaited_; }

private:
    std::shared_ptr<ticket> awaited_;
};

} // namespace coauth
