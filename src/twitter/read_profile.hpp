// Profiles out of answers, the same from both APIs.
#pragma once

#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/profile.hpp>

#include <boost/json/fwd.hpp>

#include <string_view>

namespace coauth::twitter {

/// The profile in a user object. Throws `errc::malformed_response`.
profile profile_of(api_version api, const boost::json::object& user);

/// The profile in the body of an answer about one person. An API 2 answer that holds nothing but
/// problems throws what they mean: `not_found`, `suspended`, `forbidden`.
profile read_profile(api_version api, std::string_view body);

/// True if the answer is about the person asked for; names compare without case.
bool is_about(const profile& answer, const user_ref& asked) noexcept;

} // namespace coauth::twitter
