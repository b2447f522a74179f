// The answer to a question about many people.
#pragma once

#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/lookup.hpp>

#include <string_view>
#include <vector>

namespace coauth::twitter {

/// One outcome for each of `asked`, in that order. Answers are matched by id or by name without case,
/// never by their place: the provider changes the order and leaves people out. What was not asked for
/// is ignored. Throws `errc::malformed_response`.
lookups read_lookups(api_version api, const std::vector<user_ref>& asked, std::string_view body);

/// API 1.1's "404: none of them found" as outcomes.
lookups none_found(const std::vector<user_ref>& asked);

} // namespace coauth::twitter
