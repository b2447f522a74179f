// What the token endpoint responds (RFC 6749, sections 5.1 and 5.2).
#pragma once

#include <coauth/oauth2/error_response.hpp>
#include <coauth/text/form.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// The longest token response that is read, in octets.
inline constexpr std::size_t max_token_response = 64 * 1024;

/// The longest life of a token that is believed: 100 years. Some providers say 2^31 - 1 s for "for ever".
inline constexpr std::chrono::seconds longest_token_life{std::chrono::hours(24 * 365 * 100)};

/// Tokens, as the provider issued them.
///
/// Thread safety: a value. Lifetime: owns its texts; the tokens are wiped.
struct token_response {
    token_response() = default;

    secret access_token;                            ///< A bearer token (RFC 6750).
    secret refresh_token;                           ///< Empty: none was issued; of a renewal, the old one stays.
    secret id_token;                                ///< Empty: none was issued. Not verified yet.
    std::optional<std::chrono::seconds> expires_in; ///< 1 s to `longest_token_life`. Empty: the provider does not say.
    std::optional<std::string> scope;               ///< Space-separated. Empty: as requested.
    text::form extra;                               ///< The other members: a text as it is, anything else in JSON.
};

/// Reads a response to a request of `kind`, in JSON or as a form (GitHub), by its shape: neither its media type nor a status
/// of 200 says that it is not a refusal. Lists of scopes separated by commas, or in JSON, become space-separated; the
/// `token_type` may be in either case. A byte order mark and white space around the body do not matter.
///
/// Fails with `errc::malformed_response` for what is neither (a page, nested too deeply, a member of interest twice), without
/// an `access_token` or with a `token_type` that is not bearer, for tokens that are not printable ASCII or longer than 16 KiB,
/// and for an `expires_in` that is not a whole number of seconds up to `longest_token_life`; with
/// `errc::response_too_large` over `max_token_response`; with `errc::unexpected_redirect` for a 3xx status; and as `to_error`
/// says for a refusal, whose words are left out if they repeat one of `hidden`: the secrets that were sent.
COAUTH_DECL result<token_response> parse_token_response(
    request_kind kind, int status, std::string_view body, std::span<const secret> hidden = {});

} // namespace coauth::oauth2
