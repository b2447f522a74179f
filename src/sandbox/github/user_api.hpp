// GitHub's API: the user of a token, and the user's mail addresses.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/grants.hpp"
#include "sandbox/refusal_note.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

server::response github_user(call& c, const world& w, const grants& issued, refusal_note& note);

} // namespace coauth::sandbox
