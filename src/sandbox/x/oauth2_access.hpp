// X's API 2 with an OAuth 2 access token: the scopes that each call needs.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth1/gatekeeper.hpp"
#include "sandbox/oauth2/grants.hpp"

#include <string_view>

namespace coauth::sandbox {

/// Admits the call if `token` is an OAuth 2 access token of X's that has the scopes of the route, and fills in the
/// caller's part of `c`.
admission admit_oauth2_token(call& c, std::string_view token, const world& known, const grants& issued);

} // namespace coauth::sandbox
