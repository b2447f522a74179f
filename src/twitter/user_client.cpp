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

#include <coauth/coro/as_result.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace coauth::twitter {

using namespace api;

namespace asio = boost::asio;

namespace {

using shared_user = std::shared_ptr<const user_access>;

// One call: `make` gives it, and `read` the value of its response's body.
template <class Make, class Read>
asio::awaitable<reply<std::invoke_result_t<Read, std::string_view>>> ask(shared_user user, Make make, Read read)
{
    try {
        auto call = user->signed_call(make());
        const http::response response = co_await api::perform(user->app(), std::move(call));
        co_return reply_from(*user->app(), response, read);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

enum class timeline { tweets, mentions };

api_call timeline_call(const user_access& user, timeline list, const std::string& user_id, const page_options& page)
{
    const api_version version = user.version();
    require_id(user_id, "the user's id");
    require_page(version, page_kind::tweets, page);
    if (list == timeline::tweets)
        return routes::tweets(version, user_id, page);
    const std::string_view own = user.extra("user_id");
    if (version == api_version::v1_1 && !own.empty() && own != user_id)
        throw error(errc::invalid_argument, "API 1.1 knows the mentions of the token's own user only");
    return routes::mentions(version, user_id, page);
}

asio::awaitable<reply<page<tweet>>> ask_timeline(
    shared_user user, timeline list, std::string user_id, page_options page)
{
    const api_version version = user->version();
    return ask(
        user, [user, list, user_id, page] { return timeline_call(*user, list, user_id, page); },
        [version](std::string_view body) { return read_tweets(version, body); });
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
    const api_version version = state_->version();
    return ask(
        state_,
        [version, user] {
            require_user(user);
            return routes::profile(version, user);
        },
        [version, user](std::string_view body) { return read_profile(version, body, user); });
}

asio::awaitable<reply<lookups>> user_client::profiles(std::vector<user_ref> users) const
{
    return typed_errors(look_up(state_, std::move(users)));
}

asio::awaitable<reply<page<tweet>>> user_client::tweets(std::string user_id, page_options page) const
{
    return ask_timeline(state_, timeline::tweets, std::move(user_id), std::move(page));
}

asio::awaitable<reply<page<tweet>>> user_client::mentions(std::string user_id, page_options page) const
{
    return ask_timeline(state_, timeline::mentions, std::move(user_id), std::move(page));
}

asio::awaitable<reply<page<coauth::profile>>> user_client::followers(std::string user_id, page_options page) const
{
    const api_version version = state_->version();
    return ask(
        state_,
        [version, user_id, page] {
            require_id(user_id, "the user's id");
            require_page(version, page_kind::followers, page);
            return routes::followers(version, user_id, page);
        },
        [version](std::string_view body) { return read_followers(version, body); });
}

asio::awaitable<reply<tweet>> user_client::post_tweet(std::string text, std::string reply_to) const
{
    const api_version version = state_->version();
    return ask(
        state_,
        [version, text, reply_to] {
            require_text(text);
            if (!reply_to.empty())
                require_id(reply_to, "the id of the tweet answered");
            return routes::post_tweet(version, text, reply_to);
        },
        [version](std::string_view body) { return read_tweet(version, body); });
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
