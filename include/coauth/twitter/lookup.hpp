// The answer to a question about many people.
#pragma once

#include <coauth/error.hpp>
#include <coauth/twitter/profile.hpp>

#include <optional>
#include <vector>

namespace coauth::twitter {

enum class lookup_outcome {
    found,
    not_found,
    suspended,
    forbidden, ///< Known, but not shown to these credentials.
    failed,    ///< Something else went wrong for this name: what the response says of it can't be read, say.
};

/// What became of one of the names asked for.
struct lookup {
    lookup() : asked("") {}
    lookup(user_ref asked, lookup_outcome outcome) : asked(std::move(asked)), outcome(outcome) {}

    user_ref asked;
    lookup_outcome outcome = lookup_outcome::not_found;
    std::optional<twitter::profile> profile; ///< Set exactly if found.
    std::optional<coauth::error> why;        ///< Set exactly if failed.
    bool in_response = false; ///< The response told it, so `why` is about this name alone; else the request failed.

    /// A session knew it: from its cache, or from the request of an equal question. No request was made for this one.
    bool reused = false;
};

/// One outcome for each name asked for, in the order asked; a name asked twice is there twice.
struct lookups {
    lookups() = default;

    std::vector<lookup> outcomes;
};

} // namespace coauth::twitter
