// A cookie of a site's own.
#pragma once

#include <coauth/error.hpp>
#include <coauth/server/http_server.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace coauth::server {

/// A cookie that only the server reads (HttpOnly), that is sent when another site links here but
/// not with its forms and images (SameSite=Lax; Strict would lose it on the provider's redirect), and
/// that, over https, no other host and no plain connection can have set (the prefix `__Host-`, RFC
/// 6265bis, section 4.1.3).
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: owns its name.
class COAUTH_DECL site_cookie {
public:
    /// `name`: an RFC 6265 token. `https`: how browsers reach the site, even if through a proxy.
    site_cookie(std::string_view name, bool https);

    /// "__Host-coauth_login", or without the prefix on http.
    const std::string& name() const noexcept { return name_; }

    /// The cookie's value, or empty if there is none. Fails with `errc::invalid_argument` if there
    /// are two: another site may have set one of them, and they do not differ.
    result<std::string> read(const request& request) const;

    /// The value of the Set-Cookie header that sets it. `value`: visible ASCII without `"`, `,`, `;`
    /// and `\`.
    std::string set(std::string_view value, std::chrono::seconds max_age) const;

    /// The value of the Set-Cookie header that removes it.
    std::string remove() const;

private:
    std::string name_;
    bool https_;
};

} // namespace coauth::server
