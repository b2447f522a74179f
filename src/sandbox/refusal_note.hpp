// Why a request was refused, for the journal and the log.
#pragma once

#include <string>

namespace coauth::sandbox {

struct refusal_note {
    refusal_note() = default;

    std::string reason;      ///< In one word; empty if it was not refused.
    std::string explanation; ///< In a sentence.
};

} // namespace coauth::sandbox
