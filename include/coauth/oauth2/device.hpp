// Logins of devices without a browser (RFC 8628), without I/O.
#pragma once

#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/form_request.hpp>
#include <coauth/oauth2/token_response.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// Asks for a device's code (section 3.1). `scope` is space-separated; empty: the provider's default.
COAUTH_DECL form_request device_authorization_request(
    const app& client, std::string_view scope = {}, const text::form& extra = {});

/// What the user is to be shown (section 3.2).
///
/// Thread safety: a value. Lifetime: owns its texts; the code is wiped.
struct device_authorization {
    device_authorization() = default;

    secret device_code;                    ///< What `device_token_request` takes.
    std::string user_code;                 ///< For the user to type.
    std::string verification_uri;          ///< Where to type it.
    std::string verification_uri_complete; ///< With the code in it; empty if the provider has none.
    std::chrono::seconds expires_in{0};    ///< At least 1 s.
    std::chrono::seconds interval{5};      ///< Between two requests; 5 s if the provider does not say.
};

/// Reads the response, in JSON or as a form. Fails as `parse_token_response` does, and with `errc::malformed_response` for
/// a code or an address that is missing, a user code that is not 1 to 64 printable characters of ASCII, and an address that
/// is not https (or http on loopback).
COAUTH_DECL result<device_authorization> parse_device_authorization(
    int status, std::string_view body, std::span<const secret> hidden = {});

/// When to ask for the tokens, and when to stop (sections 3.3 and 3.5).
///
///   wait interval(); send device_token_request(); take(response): a value is the tokens; empty: once more
///
/// Thread safety: none. Lifetime: owns what it holds.
class COAUTH_DECL device_polling {
public:
    device_polling(std::chrono::seconds interval, std::chrono::seconds expires_in);

    /// How long to wait before the next request. Grows by 5 s for good with each `slow_down`, and doubles after a request
    /// that got no response, up to 60 s.
    std::chrono::seconds interval() const noexcept { return interval_; }

    /// Judges a response. `elapsed`: since the code was issued. Fails with `errc::expired` if the next request would come too
    /// late, and with what the response failed with, unless that is `authorization_pending`, `slow_down` or transient
    /// (`is_transient`).
    result<std::optional<token_response>> take(result<token_response> response, std::chrono::seconds elapsed);

private:
    std::chrono::seconds interval_;
    std::chrono::seconds expires_in_;
};

} // namespace coauth::oauth2
