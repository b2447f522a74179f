// What an OpenID provider publishes of itself, and what it says of a user.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/grants.hpp"
#include "sandbox/refusal_note.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

/// OpenID Connect Discovery 1.0, section 3, which RFC 8414 has taken over.
server::response discovery_document(const face_rules& rules, std::string_view base_url);

/// OpenID Connect Core 1.0, section 5.3.
server::response userinfo(call& c, const world& w, const grants& issued, refusal_note& note);

} // namespace coauth::sandbox
