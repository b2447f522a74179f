// In which ways the providers of OAuth 2 that the sandbox plays differ, as data.
#pragma once

#include "sandbox/x/routes.hpp"

#include <chrono>
#include <span>
#include <string_view>

namespace coauth::sandbox {

/// When a login gives a refresh token.
enum class refresh_rule {
    never,
    always,
    offline_scope,  ///< If `offline.access` was asked for.
    offline_access, ///< If `access_type=offline` was, at the first consent or after `prompt=consent`.
};

struct face_rules {
    face played = face::none;
    std::string_view name;   ///< "GitHub"
    std::string_view prefix; ///< Of its paths below the sandbox's URL: "/github".
    std::chrono::seconds code_lifetime{600};
    std::chrono::seconds token_lifetime{3600}; ///< 0: until revoked.
    std::string_view token_prefix;             ///< What its access tokens begin with.
    std::string_view token_type = "Bearer";    ///< As its token response spells it.
    refresh_rule refresh = refresh_rule::never;
    bool rotates = false; ///< A refresh token is good for one use, and a second use ends the login's tokens.
    bool openid = false;  ///< Gives ID tokens, and `iss` beside the code (RFC 9207).
    bool takes_basic = true;
    bool takes_post = true;
    bool client_id_in_body = false;           ///< Demanded even beside HTTP Basic.
    bool redirect_uri_again = true;           ///< The token request must repeat it.
    bool names_response_type = true;          ///< `response_type=code` must be sent.
    std::string_view granted_separator = " "; ///< Between the scopes of a token response.
    std::string_view asked_separators = " ";  ///< Between the scopes of a request.
    std::string_view default_scope;
    std::span<const std::string_view> scopes; ///< All that it knows. A `*` at the end stands for any text.
    std::chrono::seconds device_lifetime{0};  ///< 0: it has no device flow.
    std::string_view device_page;
    std::size_t longest_state = 2048; ///< Octets.
};

/// `played` is not `face::none`.
const face_rules& rules_of(face played);

bool knows_scope(const face_rules& rules, std::string_view scope);

} // namespace coauth::sandbox
