// The OAuth 2 clients of a seed.
#pragma once

#include "sandbox/strict_json.hpp"
#include "sandbox/world/client_registry.hpp"

#include <string>

namespace coauth::sandbox {

/// Reads one member of `oauth2_clients`; throws `errc::invalid_argument`, which names the field that is wrong.
oauth2_client read_client(const boost::json::value& value, std::string path);

} // namespace coauth::sandbox
