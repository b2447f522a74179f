// What a scripted fault sends.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/tools/faults.hpp"

#include <coauth/server/http_server.hpp>

namespace coauth::sandbox {

/// The status and body that the fault names; without a body, the one documented for the status.
server::response canned(const scripted_fault& fault, const call& c);

/// Sets the fault's headers, in place of others of the same name.
void add_headers(const scripted_fault& fault, server::response& to);

/// Closes the connection.
server::response dropped();

/// Bytes that are no HTTP.
server::response garbage();

/// The whole header, and half of the body that it announces (without a body: half of the header).
server::response truncated(const server::response& whole);

} // namespace coauth::sandbox
