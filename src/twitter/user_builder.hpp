// A user's profile out of the values of a user object's members.
#pragma once

#include "twitter/user_members.hpp"

#include <coauth/identity/profile.hpp>
#include <coauth/twitter/endpoints.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// A user of a response.
struct listed_user {
    listed_user() = default;

    /// Throws `errc::malformed_response` if the user has no id that can be read: the profile is of no use then.
    void require_id() const;

    coauth::profile profile;
    bool is_object = true;
    bool has_exact_username =
        false;                  ///< It is one without repair; nothing else tells that a response is about this name.
    std::string_view id_member; ///< With `id_fault`, for the message.
    std::string_view id_fault;  ///< Empty: the id could be read.
};

/// Fills in users, one after another. Only the id must be right: an optional member in an odd shape, or named
/// twice, is absent; a name is repaired.
class user_builder {
public:
    explicit user_builder(api_version api) : api_(api) {}

    /// The members given from here until `end` are those of `user`.
    void begin(listed_user& user);

    void text(field member, std::string_view value);
    void integer(field member, std::int64_t value);
    void flag(field member, bool value);

    /// `given`: the members that had a value other than null; `repeated`: those named more than once.
    void end(field_set given, field_set repeated);

private:
    void end_id(field_set given, field_set repeated);
    void remove(field_set repeated);

    const api_version api_;
    listed_user* user_ = nullptr;
    // Of the member `id`; empty and 0: not an id.
    std::string id_;
    std::int64_t id_number_ = 0;
    std::string short_url_;
    std::optional<std::int64_t> posts_;
};

} // namespace coauth::twitter
