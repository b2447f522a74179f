// An authorization request (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1), read strictly.
#pragma once

#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/refusal.hpp"
#include "sandbox/world/client_registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace coauth::sandbox {

struct authorization_request {
    authorization_request() = default;

    const oauth2_client* client = nullptr;
    std::string redirect_uri;
    bool redirect_uri_sent = true;
    std::string state;
    std::vector<std::string> scope;
    std::string challenge, nonce;
    std::vector<std::string> prompt;
    std::string login_hint;
    std::string hosted_domain; ///< Google's `hd`: users of this domain only; empty: all.
    bool offline = false;      ///< Google's `access_type=offline`.

    std::optional<refusal> refused;
    /// False: client or redirect URI are not proven, so that the refusal is shown here and sent to no one.
    bool may_redirect = false;
};

authorization_request read_authorization_request(
    const parameter_reading& sent, const face_rules& rules, const client_registry& known);

/// Why the text of a scope can't be one (RFC 6749, section 3.3; at most 2 KiB), or nothing.
std::optional<refusal> scope_refusal(std::string_view requested);

/// The scope that a request asks for, or why it may not.
std::optional<refusal> read_scope(
    std::string_view requested, const face_rules& rules, const oauth2_client& client, std::vector<std::string>& scope);

} // namespace coauth::sandbox
