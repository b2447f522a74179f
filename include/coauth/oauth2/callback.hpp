// The parameters of the provider's redirect back to the app (RFC 6749, section 4.1.2; RFC 9207).
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/secret.hpp>
#include <coauth/text/form.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// The longest callback query that is read, in octets.
inline constexpr std::size_t max_callback_query = 4096;

/// A callback that is well formed; whether it belongs to a login, a browser and a provider is still to be asked.
///
/// Thread safety: a value. Lifetime: owns its texts; the code is wiped.
struct COAUTH_DECL callback {
    callback() = default;

    std::string state;
    secret code;                       ///< Empty if the provider refused.
    std::string error;                 ///< "access_denied"; empty if there is a code.
    std::string error_description;     ///< Anything: escape it where it is shown.
    std::string error_uri;             ///< Never to be followed.
    std::optional<std::string> issuer; ///< `iss` (RFC 9207).
    text::form extra;                  ///< What else was there: `scope`, `session_state`, the app's own.

    /// Compares the state with a pending login's, in constant time.
    bool belongs_to(std::string_view pending_state) const noexcept;
};

/// Reads a callback's query (without `?`). It is exactly `state` with `code`, or `state` with `error` and perhaps
/// `error_description` and `error_uri`; both perhaps with `iss`. Fails with `errc::invalid_argument` for anything else: one
/// of these missing, doubled or empty, a mixture of the two, control characters, bad encoding, or over `max_callback_query`.
COAUTH_DECL result<callback> parse_callback(std::string_view query);

/// Whether the callback is of the provider that the login began at (RFC 9207, section 2.4): `iss` is compared as plain text,
/// in success and refusal. `issuer`: the provider's; empty if it has none, and then an `iss` is of another one. `announced`:
/// the provider says that it always sends `iss` (`authorization_response_iss_parameter_supported`), so that its absence is
/// refused. Fails with `errc::invalid_argument`; the code then goes to no one.
COAUTH_DECL result<void> check_issuer(const callback& response, std::string_view issuer, bool announced);

/// The error of a callback that has `error`: `denied`, `invalid_scope`, `invalid_credentials`, `provider_unavailable`,
/// `login_required`, else `provider_error`; with the provider's code and words.
COAUTH_DECL coauth::error refusal_of(const callback& response);

} // namespace coauth::oauth2
