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
    lookup(user_ref new_asked, lookup_outcome new_outcome) : asked(std::move(new_asked)), outcome(new_outcome) {}

    user_ref asked;
    lookup_outcome outcome = lookup_outcome::not_found;
    std::optional<twitter::profile> profile; ///< Set exactly if found.
    std::optional<coauth::error> why;        ///< Set exactly if failed.

    /// The response told this of this very user. False if the request failed, or if the response holds something
    /// unreadable that may be about any user it does not name; `why` is about all of them then.
    bool in_response = false;

    /// A session knew it: from its cache, or from the request of an equal question. No request was made for this one.
    bool reused = false;
};

/// One outcome for each name asked for, in the order asked; a name asked twice is there twice.
struct lookups {
    lookups() = default;

    std::vector<lookup> outcomes;
};

} // namespace coauth::twitter
