#include "providers/oauth1_exchange.hpp"

#include "api/clean_text.hpp"
#include "coro/checked_clock.hpp"
#include "coro/user_class.hpp"
#include "text/json_body.hpp"

#include <coauth/http/date.hpp>
#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/version.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

void require(bool valid, const oauth1_rules& rules, const char* problem)
{
    if (!valid)
        throw error(errc::invalid_argument, "the rules of provider \"" + rules.name + "\": " + problem);
}

bool is_provider_name(std::string_view name)
{
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), fits);
}

errc code_of(int status, oauth1_step step)
{
    if (status == 429)
        return errc::rate_limited;
    if (status >= 500)
        return errc::provider_unavailable;
    if (status >= 300 && status < 400)
        return errc::unexpected_redirect;
    if (status == 401 || (status == 400 && step != oauth1_step::call))
        return step == oauth1_step::request_token  ? errc::invalid_credentials
               : step == oauth1_step::access_token ? errc::invalid_verifier
                                                   : errc::token_revoked;
    if (status == 403)
        return errc::forbidden;
    return status == 404 ? errc::not_found : errc::provider_error;
}

std::optional<std::chrono::seconds> retry_after(const http::response& response)
{
    const std::string_view text = response.headers.get("Retry-After");
    int seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc() || end != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

// True if the provider repeats a token, verifier or signature that it was sent, by name or as it is.
bool repeats_credentials(std::string_view body, std::string_view authorization)
{
    const auto sent = oauth1::parse_authorization_header(authorization);
    for (const std::string_view name : {"oauth_token", "oauth_verifier", "oauth_signature"}) {
        const std::string* const value = sent ? oauth1::find(*sent, name) : nullptr;
        if (body.find(name) != body.npos)
            return true;
        if (value && !value->empty() &&
            (body.find(*value) != body.npos || body.find(text::percent_encode(*value)) != body.npos))
            return true;
    }
    return false;
}

} // namespace

oauth1_app::oauth1_app(std::shared_ptr<http::transport> new_transport, oauth1::consumer new_app, oauth1_rules new_rules,
    std::shared_ptr<coauth::clock> new_clock)
    : transport(std::move(new_transport)), app(std::move(new_app)), rules(std::move(new_rules)),
      clock(checked_clock(std::move(new_clock)))
{
    require(transport != nullptr, rules, "there is no transport");
    require(is_provider_name(rules.name), rules, "the name is not 1 to 32 of a-z, 0-9, _ and -");
    require(rules.read_user != nullptr, rules, "there is no reader of profiles");
    require(rules.method != nullptr, rules, "there is no signature method");
    require(rules.leg_method == "GET" || rules.leg_method == "POST", rules, "leg_method is neither GET nor POST");
    for (const std::string* url :
        {&rules.request_token_url, &rules.authorize_url, &rules.access_token_url, &rules.user_url})
        http::get(*url); // throws
}

oauth1::moment oauth1_app::now() const
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(clock->now()).time_since_epoch().count();
    return oauth1::moment(oauth1::random_nonce(), seconds);
}

error refusal_of(const http::response& response, oauth1_step step, std::string_view authorization)
{
    constexpr std::size_t longest = 200;
    std::string words;
    // A page of HTML says nothing in a line of text.
    if (!text::looks_like_markup(response.body) && !repeats_credentials(response.body, authorization))
        words = api::clean_line(std::string_view(response.body).substr(0, longest));
    error refused = error(code_of(response.status, step)).with_http_status(response.status);
    if (!words.empty())
        refused = refused.with_provider(std::nullopt, words);
    if (const auto wait = retry_after(response))
        refused = refused.with_retry_after(*wait);
    return refused;
}

namespace {

// No coroutine: g++ 12 would destroy the lambda's captures twice.
asio::awaitable<http::response> deliver(shared_app app, http::request request)
{
    return await_user_class(
        errc::provider_error, "the transport", [app = std::move(app), request = std::move(request)]() mutable {
            return app->transport->send(std::move(request));
        });
}

} // namespace

asio::awaitable<http::response> send_signed(shared_app app, std::shared_ptr<const oauth1::signer> signer,
    http::request request, oauth1::parameters oauth, oauth1_step step)
{
    const std::string url = request.origin.url() + request.target;
    oauth1::message message(request.method, url);
    message.oauth = std::move(oauth);
    if (!app->rules.realm.empty())
        message.realm = app->rules.realm;
    const oauth1::moment at = app->now();
    oauth1::signed_request signed_one = signer->sign_request(message, at).value();
    request.headers.set("Authorization", signed_one.authorization);
    request.headers.set("Accept-Encoding", "identity");
    request.headers.set("User-Agent", "coauth/" COAUTH_VERSION_STRING);
    http::response response = co_await deliver(app, std::move(request));
    if (response.status < 200 || response.status > 299)
        throw refusal_of(response, step, signed_one.authorization);
    co_return response;
}

} // namespace coauth::providers
