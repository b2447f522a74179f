// Responses about users, from both APIs: read in one pass over the body, without a tree of its values.
#pragma once

#include "twitter/refusal.hpp"
#include "twitter/user_builder.hpp"

#include <coauth/twitter/endpoints.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::twitter {

/// What a response is about.
enum class users_shape {
    one,  ///< API 1.1: a user object. API 2: it is `data`.
    list, ///< API 1.1: a list of them. API 2: it is `data`.
    page, ///< API 1.1: an object with `users` and a cursor. API 2: as `list`.
};

/// What such a response holds. API 2 sends 200 with data and problems side by side: the problems are then about
/// other things than the data.
struct users_response {
    users_response() = default;

    bool has_data = false;          ///< There is a user or a list, or something else in its place.
    bool is_readable = false;       ///< It is what `users_shape` says.
    std::vector<listed_user> users; ///< Empty if it is something else.

    std::vector<refusal> problems;        ///< Those that can be read.
    bool has_unreadable_problems = false; ///< There is something else among them, or in the place of their list.

    bool has_meta = false;
    bool is_meta_readable = true;         ///< False: it is not an object.
    std::optional<std::string> next_page; ///< As it came.
    bool is_next_readable = true;         ///< False: the next page is not a text.
};

/// Throws `errc::malformed_response` if `body` is not JSON, or not an object where one must be. `count`: how many
/// users are expected.
users_response read_users_response(api_version api, users_shape shape, std::string_view body, std::size_t count);

} // namespace coauth::twitter
