// The access token of a call (RFC 6750).
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth2/grants.hpp"
#include "sandbox/oauth2/refusal.hpp"

#include <optional>

namespace coauth::sandbox {

struct bearer_reading {
    bearer_reading() = default;

    const access_record* token = nullptr;
    std::string text; ///< As sent; empty if none was.
    std::optional<refusal> refused;
};

/// `other_scheme`: one beside `Bearer`, such as GitHub's `token`; empty: none. `in_query`: `access_token` may be in the
/// query. Fills in the caller's part of `c`. A refusal without a token has the error "".
bearer_reading read_bearer(
    call& c, const world& w, const grants& issued, std::string_view other_scheme = {}, bool in_query = false);

} // namespace coauth::sandbox
