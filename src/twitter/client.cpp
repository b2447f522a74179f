#include "api/clean_text.hpp"
#include "api/json_body.hpp"
#include "coro/typed_errors.hpp"
#include "twitter/caller.hpp"
#include "twitter/names.hpp"
#include "twitter/read_response.hpp"
#include "twitter/user_access.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/text/utf8.hpp>
#include <coauth/twitter/client.hpp>

namespace coauth::twitter {

using namespace api;

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
    co_return read_response(
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
    co_return read_response(answer, [](std::string_view body) {
        return with_exact_user(oauth1::parse_access_token_reply(leg_body(body)).value());
    });
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

user_client client::for_user(oauth1::access_token access) const
{
    return user_client(std::make_shared<const user_client::state>(state_, std::move(access)));
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
