// A request to the token endpoint or one of its neighbours, read strictly.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/refusal.hpp"

#include <optional>

namespace coauth::sandbox {

struct request_reading {
    request_reading() = default;

    parameter_reading sent;
    std::optional<refusal> refused;
};

/// Reads the form, in which each parameter may be once, and nothing may be in the query. Puts the parameters into
/// `c.oauth`, for the journal.
request_reading read_token_request(call& c, const face_rules& rules);

} // namespace coauth::sandbox
