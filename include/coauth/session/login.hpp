// A login in a server: how it begins, and how it ends.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/login_outcome.hpp>
#include <coauth/identity/login_request.hpp>
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

    /// What `session::wait` takes of this login: URL and binding need not be kept. Null for an empty login.
    const std::shared_ptr<ticket>& awaited() const noexcept { return awaited_; }

private:
    std::shared_ptr<ticket> awaited_;
};

} // namespace coauth
