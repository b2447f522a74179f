// Calls of a user that both a `user_client` and an `account` make.
#pragma once

#include "api/read_response.hpp"
#include "twitter/rate_limits.hpp"
#include "twitter/user_access.hpp"

#include <coauth/http/response.hpp>
#include <coauth/identity/lookup.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/identity/user_ref.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace coauth::twitter {

/// As `user_client::me`, `profiles`, `request` and `invalidate_token`.
boost::asio::awaitable<reply<profile>> own_profile(std::shared_ptr<const user_access> user);
boost::asio::awaitable<reply<lookups>> look_up(std::shared_ptr<const user_access> user, std::vector<user_ref> users);
boost::asio::awaitable<reply<http::response>> request_as(std::shared_ptr<const user_access> user, shared_call call);
boost::asio::awaitable<void> invalidate(std::shared_ptr<const user_access> user);

/// What `read` makes of the body, with the rate limits of the response.
template <class Read>
auto reply_from(const x_app& app, const http::response& response, Read read)
{
    auto value = api::read_response(response, read);
    return reply<decltype(value)>(std::move(value), read_rate_limits(response.headers, app.clock()->machine_now()));
}

} // namespace coauth::twitter
