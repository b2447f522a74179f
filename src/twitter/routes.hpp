// Which call asks for what, in both APIs. Pure; the arguments were checked before.
#pragma once

#include <coauth/http/origin.hpp>
#include <coauth/http/request.hpp>
#include <coauth/twitter/client.hpp>

#include <string_view>
#include <vector>

namespace coauth::twitter::routes {

/// `user_id` and `username` are what leg 3 said, or empty; API 2 needs neither.
api_call me(api_version api, std::string_view user_id, std::string_view username, bool want_email);

api_call profile(api_version api, const user_ref& user);

/// `users`: 1 to 100, all by id or all by name. A user named twice is asked for once.
api_call profiles(api_version api, const std::vector<user_ref>& users);

api_call tweets(api_version api, std::string_view user_id, const page_options& options);
api_call mentions(api_version api, std::string_view user_id, const page_options& options);
api_call followers(api_version api, std::string_view user_id, const page_options& options);

api_call post_tweet(api_version api, std::string_view text, std::string_view reply_to);
api_call delete_tweet(api_version api, std::string_view id);

/// `call` below the API's address, without a credential. The encoding of its query and form is the one that is signed.
http::request request_of(const http::base_url& api, api_call call);

} // namespace coauth::twitter::routes
