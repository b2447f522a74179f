#include "coro/typed_errors.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/read_tweets.hpp"
#include "twitter/user_access.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> do_delete_tweet(shared_user user, std::string id)
{
    auto call = user->signed_call(user->app()->routes().delete_tweet(id));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    const api_version version = user->app()->routes().version();
    api::read_response(response, [version](std::string_view body) { read_deletion(version, body); });
}

asio::awaitable<reply<http::response>> do_request(shared_user user, api_call wanted)
{
    auto call = user->signed_call(user->app()->routes().any(wanted));
    reply<http::response> response = co_await request_as(user, std::move(call));
    co_return response;
}

} // namespace

user_client::user_client(std::shared_ptr<const user_access> access) : access_(std::move(access))
{}

asio::awaitable<reply<profile>> user_client::me() const
{
    return own_profile(access_);
}

asio::awaitable<reply<profile>> user_client::profile(user_ref user) const
{
    return ask(
        access_, [user](const routes& x) { return x.profile(user); },
        [user](api_version api, std::string_view body) { return read_profile(api, body, user); });
}

asio::awaitable<reply<lookups>> user_client::profiles(std::vector<user_ref> users) const
{
    return look_up(access_, std::move(users));
}

asio::awaitable<reply<page<tweet>>> user_client::tweets(std::string user_id, page_options page) const
{
    return ask(
        access_, [user_id, page](const routes& x) { return x.tweets(user_id, page); },
        [](api_version api, std::string_view body) { return read_tweets(api, body); });
}

asio::awaitable<reply<page<tweet>>> user_client::mentions(std::string user_id, page_options page) const
{
    const std::string own(access_->extra("user_id"));
    return ask(
        access_,
        [own, user_id, page](const routes& x) {
            if (x.version() == api_version::v1_1 && !own.empty() && own != user_id)
                throw error(errc::invalid_argument, "API 1.1 knows the mentions of the token's own user only");
            return x.mentions(user_id, page);
        },
        [](api_version api, std::string_view body) { return read_tweets(api, body); });
}

asio::awaitable<reply<page<coauth::profile>>> user_client::followers(std::string user_id, page_options page) const
{
    return ask(
        access_, [user_id, page](const routes& x) { return x.followers(user_id, page); },
        [](api_version api, std::string_view body) { return read_followers(api, body); });
}

asio::awaitable<reply<tweet>> user_client::post_tweet(std::string text, std::string reply_to) const
{
    return ask(
        access_, [text, reply_to](const routes& x) { return x.post_tweet(text, reply_to); }, read_tweet);
}

asio::awaitable<void> user_client::delete_tweet(std::string id) const
{
    return typed_errors(do_delete_tweet(access_, std::move(id)));
}

asio::awaitable<reply<http::response>> user_client::request(api_call call) const
{
    return typed_errors(do_request(access_, std::move(call)));
}

asio::awaitable<void> user_client::invalidate_token() const
{
    return typed_errors(invalidate(access_));
}

api_version user_client::api() const noexcept
{
    return access_->app()->routes().version();
}

} // namespace coauth::twitter
