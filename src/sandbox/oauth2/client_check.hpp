// Client authentication at the token endpoint and its neighbours (RFC 6749, section 2.3).
#pragma once

#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/refusal.hpp"
#include "sandbox/world/client_registry.hpp"

#include <coauth/server/http_server.hpp>

#include <optional>

namespace coauth::sandbox {

/// Which client it is, or why that is not proven.
struct client_check {
    client_check() = default;

    const oauth2_client* client = nullptr;
    std::optional<refusal> refused;
};

/// `secret_optional`: a client with a secret may leave it out, as GitHub's device flow has it.
client_check check_client(const server::request& r, const parameter_reading& sent, const face_rules& rules,
    const client_registry& known, bool secret_optional = false);

} // namespace coauth::sandbox
