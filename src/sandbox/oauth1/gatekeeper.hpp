// Finds out who asks, and refuses who is not allowed to.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/oauth1/logins.hpp"
#include "sandbox/oauth2/grants.hpp"

#include <coauth/oauth1/verifier.hpp>
#include <coauth/sandbox/provider.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace coauth::sandbox {

/// What the gatekeeper says of a request.
struct admission {
    admission() = default;

    std::optional<server::response> refusal; ///< Empty: come in.

    // For the operator.
    std::string refused;     ///< Why, in one word.
    std::string explanation; ///< Why, in a sentence.
    std::string base_string; ///< As computed here, if a signature does not match.
};

/// Thread safety: not safe; the provider guards it.
class gatekeeper {
public:
    gatekeeper(mode m, std::chrono::seconds timestamp_window);

    /// Checks what `c.matched` demands and fills in the caller's part of `c`. `issued`: the tokens of OAuth 2.
    admission admit(call& c, const world& known, const logins& pending, const grants& issued);

private:
    admission admit_signed(call& c, const world& known, const logins& pending);
    admission admit_bearer(call& c, std::string_view token, const world& known, const grants& issued);
    admission admit_basic(call& c, const world& known);
    admission check_rights(const call& c);
    admission refuse_signature(const call& c, const oauth1::verification& found);
    bool passes_in_x(const oauth1::incoming_request& incoming, const oauth1::credential_source& secrets,
        std::chrono::sys_seconds now) const;

    mode mode_;
    std::chrono::seconds timestamp_window_;
    oauth1::verifier verifier_;
};

} // namespace coauth::sandbox
