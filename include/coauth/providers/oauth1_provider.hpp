// A provider of OAuth 1.0a (RFC 5849) that is not X, as data.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signature_method.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::providers {

/// What differs from one provider to the next. URLs are absolute, https (http for loopback addresses only), and may be on
/// different hosts; each may have a query, which is signed with the rest.
///
/// Thread safety: a value. Lifetime: owns its texts.
class oauth1_rules {
public:
    explicit oauth1_rules(std::string new_name) : name(std::move(new_name)) {}

    std::string name;              ///< As `login_provider::name`.
    std::string request_token_url; ///< Leg 1.
    std::string authorize_url;     ///< Leg 2: the page where the user allows it.
    std::string access_token_url;  ///< Leg 3.
    std::string user_url;          ///< A signed GET of it gives the user's own profile.

    /// Reads the profile out of the response's body. An exception of it fails the login with `malformed_response`, and so
    /// does a profile without an id.
    std::function<profile(std::string_view body)> read_user;

    oauth1::signature_method method = oauth1::hmac_sha1();
    std::string realm;               ///< Sent in the Authorization header if not empty (section 3.5.1).
    std::string leg_method = "POST"; ///< "GET" for a provider that takes no other for legs 1 and 3.

    /// A signed POST of it invalidates the token that signed it; empty: the provider has no such address.
    std::string revoke_url;

    oauth1::parameters
        authorize_parameters; ///< Further ones for the authorize page, such as its own `name` or `scope`.
};

/// The provider. A leg is sent once, or twice if the clocks differ: a request refused for its timestamp is signed again with
/// the provider's time, up to an hour off. The GET of the profile that ends a login is repeated for up to 5 s while the
/// provider is down, and if it fails the new token is revoked at `revoke_url`. Of a `login_request` it takes
/// `parameters`, which follow those of the rules on the authorize page.
///
/// Throws `errc::invalid_argument` for rules that can't be used: a name or URL missing or malformed, no reader.
COAUTH_DECL std::shared_ptr<login_provider> oauth1_provider(std::shared_ptr<http::transport> transport,
    oauth1::consumer app, oauth1_rules rules, std::shared_ptr<clock> clock = system_clock());

} // namespace coauth::providers
