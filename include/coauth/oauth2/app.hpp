// Who the app is at a provider (RFC 6749, section 2).
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/secret.hpp>

#include <string>

namespace coauth::oauth2 {

/// How the app proves who it is to the token endpoint (RFC 6749, section 2.3; the names of OpenID Connect Core, section 9).
enum class client_authentication {
    none,  ///< `client_id` in the body: a public client.
    basic, ///< `client_secret_basic`: HTTP Basic, form-encoded first.
    post,  ///< `client_secret_post`: `client_id` and `client_secret` in the body.
};

/// One app, as the provider registered it.
///
/// Throws `errc::invalid_argument` for an id that is empty, and for an id or a secret that holds a control character or has
/// a blank, quotation marks or a byte order mark around it: it was copied with more than itself, and would be refused
/// without a reason.
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: owns its texts; the secret is wiped.
class COAUTH_DECL app {
public:
    /// Without a secret it is a public client and authenticates with `none`; with one, with `basic`.
    explicit app(std::string client_id, secret client_secret = {});

    /// Throws `errc::invalid_argument`, too, for `none` with a secret and for anything else without.
    app(std::string client_id, secret client_secret, client_authentication authentication);

    const std::string& client_id() const noexcept { return client_id_; }
    const secret& client_secret() const noexcept { return client_secret_; }
    client_authentication authentication() const noexcept { return authentication_; }
    bool is_public() const noexcept { return client_secret_.empty(); }

private:
    std::string client_id_;
    secret client_secret_;
    client_authentication authentication_;
};

} // namespace coauth::oauth2
