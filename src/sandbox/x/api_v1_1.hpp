// API 1.1: what the provider calls legacy.
#pragma once

#include "sandbox/call.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

/// Handles a call of family `v1_1` that was admitted.
server::response handle_v1_1(const call& c, world& w);

} // namespace coauth::sandbox
