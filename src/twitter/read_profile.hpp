// Profiles out of responses, the same from both APIs.
#pragma once

#include <coauth/identity/profile.hpp>
#include <coauth/identity/user_ref.hpp>
#include <coauth/twitter/endpoints.hpp>

#include <string_view>

namespace coauth::twitter {

/// The profile in the body of a response about one user. Only the id must be right: an optional member in an odd
/// shape is absent, a name is repaired. Throws `errc::malformed_response`; an API 2 response that holds nothing but
/// problems throws what they mean: `not_found`, `suspended`, `forbidden`.
profile read_profile(api_version api, std::string_view body);

/// The same; throws `errc::malformed_response` if it is not about `requested`. Names compare without case.
profile read_profile(api_version api, std::string_view body, const user_ref& requested);

} // namespace coauth::twitter
