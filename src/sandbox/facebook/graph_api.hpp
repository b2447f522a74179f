// Facebook's Graph API: the user of a token.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/grants.hpp"
#include "sandbox/refusal_note.hpp"

#include <coauth/sandbox/provider.hpp>
#include <coauth/server/http_server.hpp>

#include <optional>
#include <string_view>

namespace coauth::sandbox {

/// GET /me. In strict mode `appsecret_proof` is demanded of clients with a secret; what is sent must be right in each.
server::response facebook_me(call& c, const world& w, const grants& issued, mode m, refusal_note& note);

/// "v25.0"; v19.0 to v26.0 are served.
bool is_graph_version(std::string_view text);

/// Whose call it is, or why it is refused.
struct facebook_caller {
    facebook_caller() = default;

    const access_record* token = nullptr;
    std::optional<server::response> refused;
};

/// The access token, by `Bearer`, `OAuth` or parameter, with its `appsecret_proof`.
facebook_caller read_facebook_caller(call& c, const world& w, const grants& issued, mode m, refusal_note& note);

} // namespace coauth::sandbox
