// The legs of a login as requests and replies, without I/O (RFC 5849, section 2): one builder and one
// parser a step.
#pragma once

#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/signer.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The callback that asks for a PIN instead of a redirect ("out of band", section 2.1).
inline constexpr std::string_view out_of_band = "oob";

/// Fails with `errc::invalid_argument` for a callback that is neither an absolute URL nor `oob`.
COAUTH_DECL result<void> check_callback(std::string_view callback);

/// Fails with `errc::invalid_argument` for a verifier that is empty, over 512 octets or holds a control character; any other
/// text is the provider's to choose.
COAUTH_DECL result<void> check_verifier(std::string_view verifier);

/// Leg 1 (section 2.1): asks `url` for a request token. `callback` is an absolute URL or `oob`;
/// `form` are the provider's own parameters, such as X's `x_auth_access_type`.
/// Fails as `signer` and `check_callback` do.
COAUTH_DECL result<signed_request> build_request_token_request(const consumer& app, std::string_view url,
    std::string_view callback, const moment& at, const parameters& form = {}, signature_method method = hmac_sha1());

/// Reads leg 1's response by its shape; its media type does not matter. Fails with
/// `errc::callback_not_confirmed` unless it says `oauth_callback_confirmed=true` exactly once, and
/// with `errc::malformed_response` unless it has one token and one secret.
COAUTH_DECL result<request_token> parse_request_token_reply(std::string_view body);

/// Leg 2 (section 2.2): the URL to send the user to. `url` may have a query of its own; `extra` follows
/// the token. `oauth_callback` never appears here.
COAUTH_DECL std::string build_authorization_url(
    std::string_view url, const request_token& login, const parameters& extra = {});

/// Leg 3 (section 2.3): trades the request token and its verifier for an access token.
/// Fails as `signer` and `check_verifier` do.
COAUTH_DECL result<signed_request> build_access_token_request(const consumer& app, std::string_view url,
    const request_token& login, std::string_view verifier, const moment& at, signature_method method = hmac_sha1());

/// Reads leg 3's response by its shape; keeps what else it holds in `access_token::extra()`.
/// Fails with `errc::malformed_response`.
COAUTH_DECL result<access_token> parse_access_token_reply(std::string_view body);

} // namespace coauth::oauth1
