#include "api/read_response.hpp"
#include "coro/typed_errors.hpp"
#include "text/json_body.hpp"
#include "twitter/arguments.hpp"
#include "twitter/names.hpp"
#include "twitter/rate_limits.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/read_tweets.hpp"
#include "twitter/refusal.hpp"
#include "twitter/routes.hpp"
#include "twitter/user_access.hpp"
#include "twitter/user_calls.hpp"

namespace coauth::twitter {

using namespace api;

namespace asio = boost::asio;

namespace {

using shared_user = std::shared_ptr<const user_access>;

asio::awaitable<reply<profile>> do_profile(shared_user user, user_ref asked)
{
    require_user(asked);
    const api_version version = user->version();
    auto call = user->signed_call(routes::profile(version, asked));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    co_return reply_from(
        *user->app(), response, [&](std::string_view body) { return read_profile(version, body, asked); });
}

enum class timeline { tweets, mentions };

asio::awaitable<reply<page<tweet>>> do_timeline(shared_user user, std::string user_id, page_options page, timeline list)
{
    const api_version version = user->version();
    require_id(user_id, "the user's id");
    require_page(version, page_kind::tweets, page);
    const std::string_view own = user->extra("user_id");
    if (list == timeline::mentions && version == api_version::v1_1 && !own.empty() && own != user_id)
        throw error(errc::invalid_argument, "API 1.1 knows the mentions of the token's own user only");
    auto call = user->signed_call(
        list == timeline::tweets ? routes::tweets(version, user_id, page) : routes::mentions(version, user_id, page));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    co_return reply_from(
        *user->app(), response, [version](std::string_view body) { return read_tweets(version, body); });
}

asio::awaitable<reply<page<profile>>> do_followers(shared_user user, std::string user_id, page_options page)
{
    const api_version version = user->version();
    require_id(user_id, "the user's id");
    require_page(version, page_kind::followers, page);
    auto call = user->signed_call(routes::followers(version, user_id, page));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    co_return reply_from(
        *user->app(), response, [version](std::string_view body) { return read_followers(version, body); });
}

asio::awaitable<reply<tweet>> do_post_tweet(shared_user user, std::string text, std::string reply_to)
{
    const api_version version = user->version();
    require_text(text);
    if (!reply_to.empty())
        require_id(reply_to, "the id of the tweet answered");
    auto call = user->signed_call(routes::post_tweet(version, text, reply_to));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    co_return reply_from(
        *user->app(), response, [version](std::string_view body) { return read_tweet(version, body); });
}

asio::awaitable<void> do_delete_tweet(shared_user user, std::string id)
{
    const api_version version = user->version();
    require_id(id, "the tweet's id");
    auto call = user->signed_call(routes::delete_tweet(version, id));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    api::read_response(response, [version](std::string_view body) { read_deletion(version, body); });
}

asio::awaitable<reply<http::response>> do_request(shared_user user, api_call wanted)
{
    require_call(wanted);
    auto call = user->signed_call(std::move(wanted));
    reply<http::response> response = co_await request_as(user, std::move(call));
    co_return response;
}

} // namespace

user_client::user_client(std::shared_ptr<const state> state) : state_(std::move(state))
{}

asio::awaitable<reply<profile>> user_client::me() const
{
    return typed_errors(own_profile(state_));
}

asio::awaitable<reply<profile>> user_client::profile(user_ref user) const
{
    return typed_errors(do_profile(state_, std::move(user)));
}

asio::awaitable<reply<lookups>> user_client::profiles(std::vector<user_ref> users) const
{
    return typed_errors(look_up(state_, std::move(users)));
}

asio::awaitable<reply<page<tweet>>> user_client::tweets(std::string user_id, page_options page) const
{
    return typed_errors(do_timeline(state_, std::move(user_id), std::move(page), timeline::tweets));
}

asio::awaitable<reply<page<tweet>>> user_client::mentions(std::string user_id, page_options page) const
{
    return typed_errors(do_timeline(state_, std::move(user_id), std::move(page), timeline::mentions));
}

asio::awaitable<reply<page<coauth::profile>>> user_client::followers(std::string user_id, page_options page) const
{
    return typed_errors(do_followers(state_, std::move(user_id), std::move(page)));
}

asio::awaitable<reply<tweet>> user_client::post_tweet(std::string text, std::string reply_to) const
{
    return typed_errors(do_post_tweet(state_, std::move(text), std::move(reply_to)));
}

asio::awaitable<void> user_client::delete_tweet(std::string id) const
{
    return typed_errors(do_delete_tweet(state_, std::move(id)));
}

asio::awaitable<reply<http::response>> user_client::request(api_call call) const
{
    return typed_errors(do_request(state_, std::move(call)));
}

asio::awaitable<void> user_client::invalidate_token() const
{
    return typed_errors(invalidate(state_));
}

api_version user_client::api() const noexcept
{
    return state_->version();
}

} // namespace coauth::twitter
