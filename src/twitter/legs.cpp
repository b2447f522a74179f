#include "twitter/legs.hpp"

#include "api/clean_text.hpp"
#include "text/json_body.hpp"
#include "twitter/names.hpp"
#include "twitter/read_response.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/text/utf8.hpp>

#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

// A leg's answer: a small form, whatever its media type says.
std::string_view leg_body(std::string_view body)
{
    constexpr std::size_t largest = 64 * 1024;
    if (body.size() > largest)
        throw error(errc::response_too_large, "the answer is too large for a token");
    body = text::without_byte_order_mark(body);
    if (text::looks_like_markup(body))
        throw error(errc::malformed_response, "the provider answered with an HTML page instead of a token")
            .with_hint("something between here and the provider may have answered in its place; check the API base URL "
                       "and the proxy");
    return body;
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
            extra.emplace_back(member, member == name ? api::clean_line(value) : value);
    return oauth1::access_token(token.token(), secret(token.secret().reveal()), std::move(extra));
}

} // namespace

asio::awaitable<oauth1::request_token> request_token(
    std::shared_ptr<const caller> from, std::string callback, access_type access)
{
    auto call = request_token_call(
        from->app(), from->api(), from->options().endpoints.request_token_path, std::move(callback), access);
    const http::response answer = co_await perform(from, std::move(call));
    co_return read_response(
        answer, [](std::string_view body) { return oauth1::parse_request_token_reply(leg_body(body)).value(); });
}

asio::awaitable<oauth1::access_token> access_token(
    std::shared_ptr<const caller> from, oauth1::request_token login, std::string verifier)
{
    auto call = access_token_call(
        from->app(), from->api(), from->options().endpoints.access_token_path, login, std::move(verifier));
    const http::response answer = co_await perform(from, std::move(call));
    co_return read_response(answer, [](std::string_view body) {
        return with_exact_user(oauth1::parse_access_token_reply(leg_body(body)).value());
    });
}

std::string login_page(
    const caller& from, bool ask_again, const oauth1::request_token& login, const authorize_options& options)
{
    oauth1::parameters extra;
    if (options.force_login)
        extra.emplace_back("force_login", "true");
    if (!options.screen_name.empty())
        extra.emplace_back("screen_name", options.screen_name);
    if (!options.lang.empty())
        extra.emplace_back("lang", options.lang);
    const endpoints& at = from.options().endpoints;
    const std::string& path = ask_again ? at.authorize_path : at.authenticate_path;
    return oauth1::build_authorization_url(from.authorize().url() + path, login, extra);
}

} // namespace coauth::twitter
