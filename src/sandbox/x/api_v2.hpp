// API 2: what is sold today.
#pragma once

#include "sandbox/call.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

/// Handles a call of family `v2` that was admitted.
server::response handle_v2(const call& c, world& w);

} // namespace coauth::sandbox
