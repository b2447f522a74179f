#include "twitter/user_calls.hpp"

#include "text/json_body.hpp"
#include "twitter/arguments.hpp"
#include "twitter/names.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/refusal.hpp"
#include "twitter/routes.hpp"

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

// Both APIs may say with a 404 that none was found; a 404 of something else, such as a wrong base
// URL, must not look like that.
lookups read_none_found(api_version version, const std::vector<user_ref>& users, const api::outcome& result)
{
    if (result.response.status == 404) {
        const refusal said = read_refusal(result.response.body);
        if (said.code == 17 || said.code == 50)
            return none_found(users);
        if (said.problem == "resource-not-found")
            return read_lookups(version, users, result.response.body);
    }
    throw *result.refused;
}

} // namespace

asio::awaitable<void> invalidate(std::shared_ptr<const user_access> user)
{
    api_call post("POST", user->app()->options().endpoints.invalidate_token_path);
    auto call = user->signed_call(std::move(post));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    // Any JSON will do: it repeats the token, and the status has told already.
    api::read_response(response, [](std::string_view body) { return text::read_json(body); });
}

asio::awaitable<reply<profile>> own_profile(std::shared_ptr<const user_access> user)
{
    const api_version version = user->version();
    const std::string id(is_id(user->extra("user_id")) ? user->extra("user_id") : std::string_view());
    const std::string name(is_username(user->extra("screen_name")) ? user->extra("screen_name") : std::string_view());
    auto call = user->signed_call(routes::me(version, id, name, user->app()->options().want_email));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    // The name may have changed since the login; the id can't have.
    co_return reply_from(*user->app(), response, [&](std::string_view body) {
        return id.empty() ? read_profile(version, body) : read_profile(version, body, user_ref::id(id));
    });
}

asio::awaitable<reply<lookups>> look_up(std::shared_ptr<const user_access> user, std::vector<user_ref> users)
{
    require_users(users);
    if (users.empty())
        co_return reply<lookups>();
    const api_version version = user->version();
    auto call = user->signed_call(routes::profiles(version, users));
    const api::outcome result = co_await api::exchange(user->app(), std::move(call));
    co_return reply_from(*user->app(), result.response, [&](std::string_view body) {
        return result.refused ? read_none_found(version, users, result) : read_lookups(version, users, body);
    });
}

asio::awaitable<reply<http::response>> request_as(std::shared_ptr<const user_access> user, shared_call call)
{
    http::response response = co_await api::perform(user->app(), std::move(call));
    const rate_limits limits = read_rate_limits(response.headers, user->app()->clock()->machine_now());
    co_return reply<http::response>(std::move(response), limits);
}

} // namespace coauth::twitter
