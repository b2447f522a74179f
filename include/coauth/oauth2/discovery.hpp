// What a provider says of itself (RFC 8414; OpenID Connect Discovery).
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/jws.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth2 {

/// The largest document that is read, in octets.
inline constexpr std::size_t max_discovery_document = 256 * 1024;

/// A provider's metadata. An endpoint that it does not have is empty.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct provider_metadata {
    provider_metadata() = default;

    std::string issuer;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string userinfo_endpoint;
    std::string revocation_endpoint;
    std::string device_authorization_endpoint;
    std::string jwks_uri;

    /// The callback always has `iss` (RFC 9207): `check_issuer`.
    bool announces_issuer = false;

    /// How ID tokens may be signed: those of its algorithms that are accepted. RS256 if it does not say.
    std::vector<jws_algorithm> id_token_algorithms;

    /// How clients may authenticate: those of its ways that are known. `basic` if it does not say.
    std::vector<client_authentication> client_authentications;

    std::vector<std::string> scopes;
};

/// Where an OpenID provider has its document: `ISSUER/.well-known/openid-configuration`. Fails with
/// `errc::invalid_argument` for an issuer that is not an https URL (or http on loopback) or has a query or fragment.
COAUTH_DECL result<std::string> openid_configuration_url(std::string_view issuer);

/// Where a server of OAuth 2 alone has it (RFC 8414, section 3.1): the well-known part before the issuer's path. Fails as
/// the above.
COAUTH_DECL result<std::string> authorization_server_metadata_url(std::string_view issuer);

/// Reads the document that was fetched for `issuer`. Fails with `errc::malformed_response` for anything but a JSON object,
/// for an `issuer` in it that is not exactly the same, without authorization and token endpoint, for an endpoint that is not
/// https (or http on loopback), and if it signs ID tokens in no way that is accepted; with `errc::response_too_large`.
COAUTH_DECL result<provider_metadata> parse_discovery_document(std::string_view issuer, std::string_view body);

} // namespace coauth::oauth2
