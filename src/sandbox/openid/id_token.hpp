// What an OpenID provider says of a user: ID tokens and userinfo (OpenID Connect Core 1.0, sections 2 and 5).
#pragma once

#include "sandbox/oauth2/grants.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <string_view>

namespace coauth::sandbox {

/// An issuer's URL: the sandbox's own and the provider's prefix.
std::string issuer_of(const face_rules& rules, std::string_view base_url);

/// `sub`, and what the scopes `profile` and `email` allow to see. What a user has not is left out.
boost::json::object user_claims(
    const face_rules& rules, const user& subject, const std::vector<std::string>& scope, std::string_view base_url);

/// The claims of an ID token that is given together with `access_token`. It is good for an hour.
/// `issuer`: as it is to be spelled. `with_nonce`: not in those that a refresh gives.
boost::json::object id_token_claims(const face_rules& rules, const login_terms& terms, const user& subject,
    std::string_view issuer, std::string_view base_url, std::string_view access_token, bool with_nonce,
    std::chrono::sys_seconds now);

/// The domain of a user's mail address, as Google's `hd` has it; empty for a private one.
std::string hosted_domain_of(const user& subject);

} // namespace coauth::sandbox
