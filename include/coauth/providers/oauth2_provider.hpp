// A provider of OAuth 2 (RFC 6749), with OpenID Connect or without, as data.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/fields.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/jws.hpp>
#include <coauth/secret.hpp>
#include <coauth/text/form.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::providers {

/// What a provider with OpenID Connect has beside OAuth 2: each login has a nonce, and its ID token is checked. The first of
/// `oauth2_rules::issuers` is the provider's; an ID token may have any of them.
///
/// Thread safety: a value. Lifetime: owns its texts.
class openid_rules {
public:
    openid_rules() = default;

    std::string jwks_url; ///< Its public keys. Kept for an hour, and fetched once more for a key that is not known.

    /// How its ID tokens may be signed; empty: RS256, ES256, PS256 and EdDSA.
    std::vector<oauth2::jws_algorithm> algorithms;

    /// How far this machine's clock and the provider's may differ.
    std::chrono::seconds leeway{60};

    /// A further check of the ID token's claims, a JSON object: throws what the login is to fail with.
    std::function<void(std::string_view claims)> check_claims;

    /// The provider's own document says the URLs, the algorithms and whether `iss` is announced (OpenID Connect Discovery).
    /// It is fetched at the first use and kept for an hour; `jwks_url`, `algorithms` and the URLs of the rules are not used.
    bool discovers = false;
};

/// What differs from one provider to the next. URLs are absolute, https (http for loopback addresses only), and may be on
/// different hosts. The functions are called wherever an operation runs, by several threads at once if the program has them.
///
/// Thread safety: a value. Lifetime: owns its texts.
class oauth2_rules {
public:
    explicit oauth2_rules(std::string new_name) : name(std::move(new_name)) {}

    std::string name;          ///< As `login_provider::name`.
    std::string authorize_url; ///< The page where the user allows it.
    std::string token_url;

    /// A GET of it with the access token gives the user's own profile. Empty, with OpenID: the ID token has it.
    std::string user_url;

    std::string revoke_url; ///< RFC 7009; empty: there is none.
    std::string device_url; ///< RFC 8628; empty: there is none.

    std::string scope;          ///< What a login asks for if it does not say, space-separated.
    char scope_separator = ' '; ///< In the authorize URL.

    /// Its issuers, the first as it is in `iss` of a callback (RFC 9207). Empty: it has none.
    std::vector<std::string> issuers;
    bool announces_issuer = false; ///< Each of its callbacks has `iss`; one without is refused.

    text::form authorize_parameters; ///< Further ones of the authorize URL, such as Google's `access_type`.
    bool sends_client_id = false;    ///< `client_id` is in the body of token requests beside HTTP Basic, too.

    /// What `login_request::ask_again`, `force_login` and `login_hint` are in the authorize URL; empty: it has nothing like it.
    text::form ask_again_parameters;
    text::form force_login_parameters;
    std::string login_hint_parameter;

    http::fields api_headers;           ///< Of each request with the access token, such as a version.
    std::vector<std::string> api_bases; ///< Where else than at `user_url` the access token may be sent: origins.

    /// Reads the profile out of the response's body. Empty, with OpenID: the standard claims. An exception of it fails the
    /// login with `malformed_response`, and so does a profile without an id.
    std::function<profile(std::string_view body)> read_user;

    /// A second GET, and what it adds to the profile. A refusal of it (403 or 404) leaves the profile as it is.
    std::string details_url;
    std::function<void(profile& user, std::string_view body)> read_details;

    /// Adds what the provider wants beside the bearer header, such as a proof of the app's secret.
    std::function<void(http::request& request, const secret& access_token)> complete_request;

    /// The request that ends an access token, where that is not RFC 7009's.
    std::function<http::request(const secret& access_token)> revocation_request;

    /// True if revoking one token ends all that the user has granted to the app: a login that fails after its exchange revokes
    /// nothing then, for the user may have signed in before.
    bool revocation_ends_grant = false;

    std::optional<openid_rules> openid;

    std::string user_agent;                ///< Default: "coauth/1.0.0".
    std::chrono::milliseconds deadline{0}; ///< For each request. 0: the transport's default.
};

/// The provider. Every login has PKCE with S256, and a state of 256 bits; what a callback brings is checked against both, and
/// `iss` against the provider, before the code is sent. The token request of a login and a renewal are sent once. The GETs
/// that end a login are repeated for up to 5 s while the provider is down; if they fail, or if the ID token is rejected
/// (`id_token_rejected`), the new tokens are revoked where the provider can. A credential is renewable if the provider gave a
/// refresh token. Of a `login_request` it takes all but `return_to`; its `parameters` replace those of the rules.
///
/// Throws `errc::invalid_argument` for rules that can't be used: a name or URL missing or malformed, no reader.
COAUTH_DECL std::shared_ptr<login_provider> oauth2_provider(std::shared_ptr<http::transport> transport, oauth2::app app,
    oauth2_rules rules, std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
