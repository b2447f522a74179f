// A user's access, made ready, and its calls.
#pragma once

#include "api/caller.hpp"
#include "api/read_response.hpp"
#include "twitter/rate_limits.hpp"
#include "twitter/x_app.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/lookup.hpp>
#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coauth::twitter {

/// An app and a user's token: of OAuth 1.0a with the key of both, prepared, or of OAuth 2.
///
/// Thread safety: a shared object is safe.
class user_access {
public:
    /// `retry_budget`: how long a GET may be repeated while the provider is down; 0: for a caller that decides that itself.
    user_access(shared_app app, oauth1::access_token user, std::chrono::milliseconds retry_budget);

    /// OAuth 2; `app`: one without keys.
    user_access(shared_app app, secret access_token, std::chrono::milliseconds retry_budget);

    const shared_app& app() const noexcept { return app_; }

    /// What OAuth 1.0a's response said of the user: `user_id`, `screen_name`; else empty.
    std::string_view extra(std::string_view name) const noexcept
    {
        return user_ ? user_->extra(name) : std::string_view();
    }

    /// Throws `errc::invalid_argument` if the request is not for the API's origin.
    std::shared_ptr<const api::call> signed_call(http::request request) const;

    rate_limits limits_of(const http::response& response) const
    {
        return read_rate_limits(response.headers, app_->clock()->machine_now());
    }

private:
    shared_app app_;
    std::optional<oauth1::access_token> user_; ///< Empty for OAuth 2.
    std::shared_ptr<const api::authorization> credential_;
    std::chrono::milliseconds retry_budget_;
};
using shared_user = std::shared_ptr<const user_access>;

/// What `ask` gives for a reader of bodies.
template <class Read>
using reply_of = reply<std::invoke_result_t<Read, api_version, std::string_view>>;

/// One call: `make` gives its request, from the app's `routes`, and `read` the value of its response's body.
template <class Make, class Read>
boost::asio::awaitable<reply_of<Read>> ask(shared_user user, Make make, Read read)
{
    try {
        auto call = user->signed_call(make(user->app()->routes()));
        const http::response response = co_await api::perform(user->app(), std::move(call));
        const auto read_body = [&](std::string_view body) { return read(user->app()->routes().version(), body); };
        const rate_limits limits = user->limits_of(response);
        co_return reply_of<Read>(api::read_response(response, read_body), limits);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

/// As `user_client::me`, `profiles`, `request` and `invalidate_token`.
boost::asio::awaitable<reply<profile>> own_profile(shared_user user);
boost::asio::awaitable<reply<lookups>> look_up(shared_user user, std::vector<user_ref> users);
boost::asio::awaitable<reply<http::response>> request_as(shared_user user, std::shared_ptr<const api::call> call);
boost::asio::awaitable<void> invalidate(shared_user user);

} // namespace coauth::twitter
