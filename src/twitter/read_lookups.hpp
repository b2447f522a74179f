// The response to a lookup of many users.
#pragma once

#include <coauth/identity/lookup.hpp>
#include <coauth/twitter/endpoints.hpp>

#include <string_view>
#include <vector>

namespace coauth::twitter {

/// One outcome for each of `users`, in that order. Users are matched by id or by name without case, never
/// by their place: the provider changes the order and leaves users out. A user whose id cannot be read is
/// `failed`, and the others are not. While the response holds something that may be about any of them -
/// an unreadable user, or one who was not users for - those it does not name are `failed` too: that
/// `not_found` would be a guess. Throws `errc::malformed_response` if the response is not a list.
lookups read_lookups(api_version api, const std::vector<user_ref>& users, std::string_view body);

/// API 1.1's "404: none of them found" as outcomes.
lookups none_found(const std::vector<user_ref>& users);

} // namespace coauth::twitter
