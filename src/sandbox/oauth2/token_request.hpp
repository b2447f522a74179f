// A request to the token endpoint or one of its neighbours, read strictly.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/refusal.hpp"
#include "sandbox/world/client_registry.hpp"

#include <optional>
#include <string_view>

namespace coauth::sandbox {

struct token_request {
    token_request() = default;

    parameter_reading sent;
    const oauth2_client* client = nullptr; ///< Null where none need authenticate: Google's revocation.
    std::optional<refusal> refused;
};

/// Reads the form, in which each parameter may be once, and nothing may be in the query, and checks the client. Puts the
/// parameters and the client into `c`, for the journal.
token_request read_token_request(call& c, const face_rules& rules, const client_registry& known);

/// The grant type of RFC 8628, section 3.4.
inline constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";

} // namespace coauth::sandbox
