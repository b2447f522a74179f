#include "twitter/legs.hpp"

#include "api/clean_text.hpp"
#include "api/read_response.hpp"
#include "api/token_body.hpp"
#include "twitter/names.hpp"
#include "twitter/x_calls.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth1/legs.hpp>

#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

// Who signed in must not be left to chance: a `user_id` that is not an id or is there twice counts as
// missing, and `me` then asks. The name is only shown.
oauth1::access_token with_exact_user(oauth1::access_token token)
{
    constexpr std::string_view id = "user_id";
    constexpr std::string_view name = "screen_name";
    const bool id_is_exact = oauth1::count(token.extra(), id) == 1 && is_id(token.extra(id));
    const bool name_is_exact = oauth1::count(token.extra(), name) == 1;
    if (id_is_exact && is_account_name(token.extra(name)) && name_is_exact)
        return token;
    oauth1::parameters extra;
    for (const auto& [member, value] : token.extra())
        if (member == name ? name_is_exact : member != id || id_is_exact)
            extra.emplace_back(member, member == name ? api::clean_line(value) : value);
    return oauth1::access_token(token.token(), secret(token.secret().reveal()), std::move(extra));
}

} // namespace

asio::awaitable<oauth1::request_token> request_token(shared_app app, std::string callback, access_type access)
{
    try {
        auto call = request_token_call(*app, std::move(callback), access);
        const http::response response = co_await api::perform(app, std::move(call));
        co_return api::read_response(response,
            [](std::string_view body) { return oauth1::parse_request_token_reply(api::token_body(body)).value(); });
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

asio::awaitable<oauth1::access_token> access_token(shared_app app, oauth1::request_token login, secret verifier)
{
    try {
        auto call = access_token_call(*app, login, verifier);
        const http::response response = co_await api::perform(app, std::move(call));
        co_return api::read_response(response, [](std::string_view body) {
            return with_exact_user(oauth1::parse_access_token_reply(api::token_body(body)).value());
        });
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

std::string login_page(
    const x_app& app, bool ask_again, const oauth1::request_token& login, const authorize_options& options)
{
    oauth1::parameters extra;
    if (options.force_login)
        extra.emplace_back("force_login", "true");
    if (!options.screen_name.empty())
        extra.emplace_back("screen_name", options.screen_name);
    if (!options.lang.empty())
        extra.emplace_back("lang", options.lang);
    const endpoints& paths = app.options().endpoints;
    const std::string& path = ask_again ? paths.authorize_path : paths.authenticate_path;
    return oauth1::build_authorization_url(app.authorize().url() + path, login, extra);
}

} // namespace coauth::twitter
