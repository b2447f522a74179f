#include "program/bearer_token.hpp"

#include "program/login_providers.hpp"
#include "program/main_loop.hpp"

#include <coauth/http/request.hpp>
#include <coauth/oauth2/stored_credential.hpp>

#include <algorithm>
#include <utility>

namespace program {

coauth::secret bearer_token_from_environment()
{
    std::string token = environment("COAUTH_TOKEN");
    const bool is_visible =
        std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\''; });
    if (token.empty())
        throw coauth::error(coauth::errc::invalid_argument, "COAUTH_TOKEN is empty")
            .with_hint("set it to the access token");
    if (!is_visible)
        throw coauth::error(
            coauth::errc::invalid_argument, "COAUTH_TOKEN holds blanks, quotes or other characters that no token has")
            .with_hint("leave them out: they were copied with the token");
    return coauth::secret(std::move(token));
}

boost::asio::awaitable<coauth::secret> sandbox_bearer_token(const network& connections)
{
    login_flags flags;
    flags.oauth2 = true;
    const auto provider = login_provider_of(connections, flags, provider_choice("x"));
    const std::string callback = "http://127.0.0.1:1/callback"; // nothing listens there: the redirect is read
    coauth::login_request request;
    request.scope = "tweet.read tweet.write users.read follows.read";
    coauth::begun_login login = co_await provider->begin(callback, std::move(request));
    coauth::http::request page = coauth::http::get(login.url);
    const coauth::http::response allowed = co_await connections.transport()->send(std::move(page));
    const std::string location(allowed.headers.get("Location"));
    std::string query = location.substr(std::min(location.find('?') + 1, location.size()));
    const auto finished = co_await provider->finish(std::move(login), callback, std::move(query));
    co_return coauth::oauth2::parse_stored_text(finished.held.text().reveal()).value().access_token;
}

} // namespace program
