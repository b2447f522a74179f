// A refused OAuth 2 request: the RFC's error, and why.
#pragma once

#include "sandbox/refusal_note.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace coauth::sandbox {

struct refusal {
    refusal() = default;
    /// `error`: as RFC 6749 names it, section 5.2, or RFC 8628, section 3.5. `reason`: one word for the journal.
    refusal(std::string_view new_error, std::string_view new_reason, std::string new_explanation, int new_status = 400)
        : error(new_error), reason(new_reason), explanation(std::move(new_explanation)), status(new_status)
    {}

    std::string error;
    std::string reason;
    std::string explanation; ///< A sentence for the operator; without secrets.
    int status = 400;
    std::string parameter;   ///< The one that is missing or bad, if it is one.
    bool challenges = false; ///< HTTP authentication was tried: the response names the scheme.
    bool by_refresh = false; ///< The refused grant is a refresh token.
};

inline refusal missing_parameter(std::string_view name, std::string_view section)
{
    refusal r("invalid_request", "missing_parameter",
        "the parameter " + std::string(name) + " is missing (" + std::string(section) + ")");
    r.parameter = name;
    return r;
}

/// Puts a refusal into the note.
inline void explain(refusal_note& note, const refusal& refused)
{
    note.reason = refused.reason;
    note.explanation = refused.explanation;
}

} // namespace coauth::sandbox
