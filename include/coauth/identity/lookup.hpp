// The response to a question about many users.
#pragma once

#include <coauth/error.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/user_ref.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace coauth {

enum class lookup_outcome {
    found,
    not_found,
    suspended,
    forbidden, ///< Known, but not shown to these credentials.
    failed,    ///< Something else went wrong for this user: what the response says of it can't be read, say.
};

/// The outcome for one of the users asked for.
struct lookup {
    lookup() : asked("") {}
    lookup(user_ref new_asked, lookup_outcome new_outcome) : asked(std::move(new_asked)), outcome(new_outcome) {}

    user_ref asked;
    lookup_outcome outcome = lookup_outcome::not_found;
    std::optional<coauth::profile> profile; ///< Set exactly if found.
    std::optional<coauth::error> why;       ///< Set exactly if failed.

    /// The response told this of this very user. False if the request failed, or if the response holds something
    /// unreadable that may be about any user it does not name; `why` is about all of them then.
    bool in_response = false;

    /// A session knew it: from its cache, or from the request of an equal question. No request was made for this one.
    bool reused = false;
};

/// One outcome for each user asked for, in the order asked; a user asked for twice is there twice.
struct lookups {
    lookups() = default;

    std::vector<lookup> outcomes;
};

} // namespace coauth
