// API 2: what is sold today.
#pragma once

#include "sandbox/call.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

/// Answers a call of family `v2` that was admitted.
server::response answer_v2(const call& c, world& w);

} // namespace coauth::sandbox
