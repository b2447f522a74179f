// Users and tweets, made of the values of their members.
#pragma once

#include "twitter/values.hpp"

#include <coauth/identity/profile.hpp>
#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/tweet.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// A user of a response. Only the id must be right: an optional member in an odd shape, or named twice, is absent; a
/// name is repaired.
struct listed_user {
    listed_user() = default; ///< Of an element that is not an object.
    listed_user(api_version api, const values& given);

    /// Throws `errc::malformed_response` if the user has no id that can be read: the profile is of no use then.
    void require_id() const;

    coauth::profile profile;
    bool has_exact_username = false;     ///< Without repair; nothing else tells that a response is about this name.
    std::string_view id_member = "user"; ///< With `id_fault`, for the message.
    std::string_view id_fault = "not an object"; ///< Empty: the id could be read.
};

/// The tweet with this id; an odd member is absent. API 2 has the author's name elsewhere.
tweet tweet_of(api_version api, const values& given, std::string id);

/// A name to be written to must be exact: repaired, it could be another user's.
std::optional<std::string> author_name_of(const values& given);

} // namespace coauth::twitter
