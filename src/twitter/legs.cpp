#include "twitter/legs.hpp"

#include "api/clean_text.hpp"
#include "api/read_response.hpp"
#include "api/token_body.hpp"
#include "twitter/names.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

// Unicode's White_Space, and the marks of no width that come along with a copied text.
constexpr std::string_view white_space[] = {"\t", "\n", "\v", "\f", "\r", " ", "\u0085", "\u00a0", "\u1680", "\u2000",
    "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b",
    "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

std::string without_white_space(std::string_view typed)
{
    std::string out;
    out.reserve(typed.size());
    while (!typed.empty()) {
        if (typed.front() > ' ' && typed.front() < 0x7f) {
            out += typed.front();
            typed.remove_prefix(1);
            continue;
        }
        const auto* const blank = std::find_if(std::begin(white_space), std::end(white_space),
            [typed](std::string_view each) { return typed.starts_with(each); });
        if (blank == std::end(white_space))
            out += typed.front();
        typed.remove_prefix(blank == std::end(white_space) ? 1 : blank->size());
    }
    return out;
}

// Without white space of any kind, inside it too, if it is a PIN, that is digits; any other may begin or end with a space.
std::string trimmed_verifier(std::string_view typed)
{
    std::string text = without_white_space(typed);
    if (text.empty())
        throw error(errc::invalid_argument, "the verifier is empty");
    return text::all_digits(text) ? text : std::string(text::trimmed(typed, "\t\r\n"));
}

std::shared_ptr<const api::call> leg_call(
    const x_app& app, api::step at, const std::string& path, const oauth1::parameters& form, api::signing settings)
{
    auto call = std::make_shared<api::call>();
    call->at = at;
    call->request = app.routes().post(path, form);
    settings.nonce = app.nonce();
    settings.hidden.push_back(app.keys().secret());
    call->credential = api::signed_by(std::move(settings));
    return call;
}

std::shared_ptr<const api::call> request_token_call(const x_app& app, std::string callback, access_type access)
{
    oauth1::check_callback(callback).value();
    api::signing settings;
    settings.signer = app.signer();
    settings.oauth.emplace_back("oauth_callback", secret(std::move(callback)));
    oauth1::parameters form;
    if (access != access_type::as_registered)
        form.emplace_back("x_auth_access_type", access == access_type::read ? "read" : "write");
    const std::string& path = app.options().endpoints.request_token_path;
    return leg_call(app, api::step::request_token, path, form, std::move(settings));
}

std::shared_ptr<const api::call> access_token_call(
    const x_app& app, const oauth1::request_token& login, const secret& verifier)
{
    const secret kept(trimmed_verifier(verifier.reveal()));
    oauth1::check_verifier(kept.reveal()).value();
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), login);
    settings.oauth.emplace_back("oauth_verifier", kept);
    settings.hidden.reserve(4); // the app's secret, too
    settings.hidden.push_back(login.secret());
    settings.hidden.emplace_back(login.token());
    settings.hidden.push_back(kept);
    const std::string& path = app.options().endpoints.access_token_path;
    return leg_call(app, api::step::access_token, path, oauth1::parameters(), std::move(settings));
}

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
