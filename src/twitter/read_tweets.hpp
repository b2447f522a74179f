// Tweets and pages out of responses, the same from both APIs.
#pragma once

#include <coauth/identity/profile.hpp>
#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/tweet.hpp>

#include <string_view>

namespace coauth::twitter {

/// The response to a post. Throws `errc::malformed_response`.
tweet read_tweet(api_version api, std::string_view body);

page<profile> read_followers(api_version api, std::string_view body);

/// Throws `errc::provider_error` if API 2 says that the tweet was not deleted.
void read_deletion(api_version api, std::string_view body);

} // namespace coauth::twitter
