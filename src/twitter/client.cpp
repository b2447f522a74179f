#include "coro/typed_errors.hpp"
#include "twitter/arguments.hpp"
#include "twitter/caller.hpp"
#include "twitter/json_answer.hpp"
#include "twitter/names.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/read_tweets.hpp"
#include "twitter/refusal.hpp"
#include "twitter/routes.hpp"
#include "twitter/texts.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/text/utf8.hpp>
#include <coauth/twitter/client.hpp>

namespace coauth::twitter {

namespace asio = boost::asio;

// A member function only hands `state_` over: a coroutine begins when it is awaited, and the client
// may be gone by then.
class client::state final : public caller {
public:
    using caller::caller;
    explicit state(const caller& other) : caller(other) {}
};

namespace {

using shared_caller = std::shared_ptr<const caller>;

// What a reader complains of comes with the answer's status.
template <class Read>
auto read_answer(const http::response& answer, Read read)
{
    try {
        return read(std::string_view(answer.body));
    } catch (const error& e) {
        throw e.http_status() ? e : e.with_http_status(answer.status);
    }
}

template <class Read>
auto reply_from(const caller& from, const http::response& answer, Read read)
{
    auto value = read_answer(answer, read);
    return reply<decltype(value)>(std::move(value), read_rate_limits(answer.headers, from.clock().machine_now()));
}

std::shared_ptr<const outgoing> as_user(const caller& from, const oauth1::access_token& user, api_call call)
{
    return user_call(from.app(), from.api(), user, std::move(call));
}

// A leg's answer: a small form, whatever its media type says.
std::string_view leg_body(std::string_view body)
{
    constexpr std::size_t largest = 64 * 1024;
    if (body.size() > largest)
        throw error(errc::response_too_large, "the answer is too large for a token");
    body = text::without_byte_order_mark(body);
    if (looks_like_markup(body))
        throw error(errc::malformed_response, "the provider answered with an HTML page instead of a token")
            .with_hint("something between here and the provider may have answered in its place; check the API base URL "
                       "and the proxy");
    return body;
}

asio::awaitable<oauth1::request_token> do_request_token(shared_caller from, std::string callback, access_type access)
{
    auto call = request_token_call(
        from->app(), from->api(), from->options().endpoints.request_token_path, std::move(callback), access);
    const http::response answer = co_await perform(from, std::move(call));
    co_return read_answer(
        answer, [](std::string_view body) { return oauth1::parse_request_token_reply(leg_body(body)).value(); });
}

// Who signed in must not be left to chance: a `user_id` that is not an id or is there twice counts as
// missing, and `me` then asks. The name is only shown.
oauth1::access_token with_exact_user(const oauth1::access_token& token)
{
    constexpr std::string_view id = "user_id";
    constexpr std::string_view name = "screen_name";
    const bool id_is_exact = oauth1::count(token.extra(), id) == 1 && is_id(token.extra(id));
    const bool name_is_exact = oauth1::count(token.extra(), name) == 1;
    oauth1::parameters extra;
    for (const auto& [member, value] : token.extra())
        if (member == name ? name_is_exact : member != id || id_is_exact)
            extra.emplace_back(member, member == name ? clean_line(value) : value);
    return oauth1::access_token(token.token(), secret(token.secret().reveal()), std::move(extra));
}

asio::awaitable<oauth1::access_token> do_access_token(
    shared_caller from, oauth1::request_token login, std::string verifier)
{
    auto call = access_token_call(
        from->app(), from->api(), from->options().endpoints.access_token_path, login, std::move(verifier));
    const http::response answer = co_await perform(from, std::move(call));
    co_return read_answer(answer, [](std::string_view body) {
        return with_exact_user(oauth1::parse_access_token_reply(leg_body(body)).value());
    });
}

asio::awaitable<void> do_invalidate_token(shared_caller from, oauth1::access_token user)
{
    api_call post("POST", from->options().endpoints.invalidate_token_path);
    auto call = as_user(*from, user, std::move(post));
    const http::response answer = co_await perform(from, std::move(call));
    // Any JSON will do: it repeats the token, and the status has told already.
    read_answer(answer, [](std::string_view body) { return read_json(body); });
}

asio::awaitable<reply<profile>> do_me(shared_caller from, oauth1::access_token user)
{
    const api_version api = from->options().api;
    const std::string id(is_id(user.extra("user_id")) ? user.extra("user_id") : std::string_view());
    const std::string name(is_username(user.extra("screen_name")) ? user.extra("screen_name") : std::string_view());
    auto call = as_user(*from, user, routes::me(api, id, name, from->options().want_email));
    const http::response answer = co_await perform(from, std::move(call));
    // The name may have changed since the login; the id can't have.
    co_return reply_from(*from, answer, [&](std::string_view body) {
        return id.empty() ? read_profile(api, body) : read_profile(api, body, user_ref::id(id));
    });
}

asio::awaitable<reply<profile>> do_profile(shared_caller from, oauth1::access_token user, user_ref who)
{
    require_user(who);
    const api_version api = from->options().api;
    auto call = as_user(*from, user, routes::profile(api, who));
    const http::response answer = co_await perform(from, std::move(call));
    co_return reply_from(*from, answer, [&](std::string_view body) { return read_profile(api, body, who); });
}

// Both APIs may say with a 404 that none was found; a 404 of something else, such as a wrong base
// URL, must not look like that.
lookups read_none_found(api_version api, const std::vector<user_ref>& who, const outcome& result)
{
    if (result.answer.status == 404) {
        const refusal said = read_refusal(result.answer.body);
        if (said.code == 17 || said.code == 50)
            return none_found(who);
        if (said.problem == "resource-not-found")
            return read_lookups(api, who, result.answer.body);
    }
    throw *result.refused;
}

asio::awaitable<reply<lookups>> do_profiles(shared_caller from, oauth1::access_token user, std::vector<user_ref> who)
{
    require_users(who);
    if (who.empty())
        co_return reply<lookups>();
    const api_version api = from->options().api;
    auto call = as_user(*from, user, routes::profiles(api, who));
    const outcome result = co_await exchange(from, std::move(call));
    co_return reply_from(*from, result.answer, [&](std::string_view body) {
        return result.refused ? read_none_found(api, who, result) : read_lookups(api, who, body);
    });
}

enum class timeline { tweets, mentions };

asio::awaitable<reply<page<tweet>>> do_timeline(
    shared_caller from, oauth1::access_token user, std::string user_id, page_options which, timeline list)
{
    const api_version api = from->options().api;
    require_id(user_id, "the person's id");
    require_page(api, page_kind::tweets, which);
    const std::string_view own = user.extra("user_id");
    if (list == timeline::mentions && api == api_version::v1_1 && !own.empty() && own != user_id)
        throw error(errc::invalid_argument, "API 1.1 knows the mentions of the token's own person only");
    auto call = as_user(*from, user,
        list == timeline::tweets ? routes::tweets(api, user_id, which) : routes::mentions(api, user_id, which));
    const http::response answer = co_await perform(from, std::move(call));
    co_return reply_from(*from, answer, [api](std::string_view body) { return read_tweets(api, body); });
}

asio::awaitable<reply<page<profile>>> do_followers(
    shared_caller from, oauth1::access_token user, std::string user_id, page_options which)
{
    const api_version api = from->options().api;
    require_id(user_id, "the person's id");
    require_page(api, page_kind::followers, which);
    auto call = as_user(*from, user, routes::followers(api, user_id, which));
    const http::response answer = co_await perform(from, std::move(call));
    co_return reply_from(*from, answer, [api](std::string_view body) { return read_followers(api, body); });
}

asio::awaitable<reply<tweet>> do_post_tweet(
    shared_caller from, oauth1::access_token user, std::string text, std::string reply_to)
{
    const api_version api = from->options().api;
    require_text(text);
    if (!reply_to.empty())
        require_id(reply_to, "the id of the tweet answered");
    auto call = as_user(*from, user, routes::post_tweet(api, text, reply_to));
    const http::response answer = co_await perform(from, std::move(call));
    co_return reply_from(*from, answer, [api](std::string_view body) { return read_tweet(api, body); });
}

asio::awaitable<void> do_delete_tweet(shared_caller from, oauth1::access_token user, std::string id)
{
    const api_version api = from->options().api;
    require_id(id, "the tweet's id");
    auto call = as_user(*from, user, routes::delete_tweet(api, id));
    const http::response answer = co_await perform(from, std::move(call));
    read_answer(answer, [api](std::string_view body) { read_deletion(api, body); });
}

asio::awaitable<reply<http::response>> do_request(shared_caller from, oauth1::access_token user, api_call what)
{
    auto call = as_user(*from, user, std::move(what));
    http::response answer = co_await perform(from, std::move(call));
    const rate_limits limits = read_rate_limits(answer.headers, from->clock().machine_now());
    co_return reply<http::response>(std::move(answer), limits);
}

std::string leg_2_url(
    const caller& from, const std::string& path, const oauth1::request_token& login, const authorize_options& options)
{
    oauth1::parameters extra;
    if (options.force_login)
        extra.emplace_back("force_login", "true");
    if (!options.screen_name.empty())
        extra.emplace_back("screen_name", options.screen_name);
    if (!options.lang.empty())
        extra.emplace_back("lang", options.lang);
    return oauth1::build_authorization_url(from.authorize().url() + path, login, extra);
}

} // namespace

client::client(std::shared_ptr<http::transport> transport, oauth1::consumer app, client_options options)
    : state_(std::make_shared<state>(std::move(transport), std::move(app), std::move(options)))
{}

client::client(std::shared_ptr<state> state) : state_(std::move(state))
{}

client::~client() = default;
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;

asio::awaitable<oauth1::request_token> client::request_token(std::string callback, access_type access) const
{
    return typed_errors(do_request_token(state_, std::move(callback), access));
}

std::string client::authenticate_url(const oauth1::request_token& login, const authorize_options& options) const
{
    return leg_2_url(*state_, state_->options().endpoints.authenticate_path, login, options);
}

std::string client::authorize_url(const oauth1::request_token& login, const authorize_options& options) const
{
    return leg_2_url(*state_, state_->options().endpoints.authorize_path, login, options);
}

asio::awaitable<oauth1::access_token> client::access_token(oauth1::request_token login, std::string verifier) const
{
    return typed_errors(do_access_token(state_, std::move(login), std::move(verifier)));
}

asio::awaitable<void> client::invalidate_token(oauth1::access_token user) const
{
    return typed_errors(do_invalidate_token(state_, std::move(user)));
}

asio::awaitable<reply<profile>> client::me(oauth1::access_token user) const
{
    return typed_errors(do_me(state_, std::move(user)));
}

asio::awaitable<reply<profile>> client::profile(oauth1::access_token user, user_ref who) const
{
    return typed_errors(do_profile(state_, std::move(user), std::move(who)));
}

asio::awaitable<reply<lookups>> client::profiles(oauth1::access_token user, std::vector<user_ref> who) const
{
    return typed_errors(do_profiles(state_, std::move(user), std::move(who)));
}

asio::awaitable<reply<page<tweet>>> client::tweets(
    oauth1::access_token user, std::string user_id, page_options which) const
{
    return typed_errors(do_timeline(state_, std::move(user), std::move(user_id), std::move(which), timeline::tweets));
}

asio::awaitable<reply<page<tweet>>> client::mentions(
    oauth1::access_token user, std::string user_id, page_options which) const
{
    return typed_errors(do_timeline(state_, std::move(user), std::move(user_id), std::move(which), timeline::mentions));
}

asio::awaitable<reply<page<twitter::profile>>> client::followers(
    oauth1::access_token user, std::string user_id, page_options which) const
{
    return typed_errors(do_followers(state_, std::move(user), std::move(user_id), std::move(which)));
}

asio::awaitable<reply<tweet>> client::post_tweet(
    oauth1::access_token user, std::string text, std::string reply_to) const
{
    return typed_errors(do_post_tweet(state_, std::move(user), std::move(text), std::move(reply_to)));
}

asio::awaitable<void> client::delete_tweet(oauth1::access_token user, std::string id) const
{
    return typed_errors(do_delete_tweet(state_, std::move(user), std::move(id)));
}

asio::awaitable<reply<http::response>> client::request(oauth1::access_token user, api_call call) const
{
    return typed_errors(do_request(state_, std::move(user), std::move(call)));
}

std::chrono::seconds client::clock_offset() const noexcept
{
    return state_->clock().ahead();
}

const client_options& client::options() const noexcept
{
    return state_->options();
}

client client::without_retry() const
{
    return client(std::make_shared<state>(state_->without_retry()));
}

} // namespace coauth::twitter
