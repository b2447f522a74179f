#include "providers/oauth1_app.hpp"

#include "api/oauth1_signing.hpp"
#include "api/provider_words.hpp"
#include "providers/provider_name.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::providers {

namespace {

void require(bool valid, const oauth1_rules& rules, const char* problem)
{
    if (!valid)
        throw error(errc::invalid_argument, "the rules of provider \"" + rules.name + "\": " + problem);
}

api::caller_options oauth1_options(std::shared_ptr<coauth::clock> clock)
{
    api::caller_options options;
    options.clock = std::move(clock);
    options.read = [](const http::response& response, const api::circumstances& when) {
        return read_oauth1_error(response, when);
    };
    options.may_mean_clock = oauth1_may_mean_clock;
    return options;
}

std::shared_ptr<api::call> leg_call(const oauth1_app& app, api::step at, const std::string& url, api::signing settings)
{
    auto call = std::make_shared<api::call>();
    call->at = at;
    call->request = http::get(url);
    call->request.method = app.rules().leg_method;
    settings.realm = app.rules().realm;
    settings.hidden.push_back(app.keys().secret());
    call->credential = api::signed_by(std::move(settings));
    return call;
}

// A refusal that names them may repeat their values in any form.
bool names_credentials(std::string_view body)
{
    constexpr std::string_view names[] = {"oauth_token", "oauth_verifier", "oauth_signature"};
    return std::any_of(
        std::begin(names), std::end(names), [body](std::string_view name) { return body.find(name) != body.npos; });
}

} // namespace

oauth1_app::oauth1_app(std::shared_ptr<http::transport> transport, oauth1::consumer keys, oauth1_rules rules,
    std::shared_ptr<coauth::clock> clock)
    : caller(std::move(transport), oauth1_options(std::move(clock))), keys_(std::move(keys)), rules_(std::move(rules))
{
    require(is_provider_name(rules_.name), rules_, "the name is not 1 to 32 of a-z, 0-9, _ and -");
    require(rules_.read_user != nullptr, rules_, "there is no reader of profiles");
    require(rules_.method != nullptr, rules_, "there is no signature method");
    require(rules_.leg_method == "GET" || rules_.leg_method == "POST", rules_, "leg_method is neither GET nor POST");
    for (const std::string* url :
        {&rules_.request_token_url, &rules_.authorize_url, &rules_.access_token_url, &rules_.user_url})
        http::get(*url); // throws
    if (!rules_.revoke_url.empty())
        http::get(rules_.revoke_url);
    signer_ = std::make_shared<const oauth1::signer>(keys_, rules_.method);
}

oauth1_user::oauth1_user(const oauth1_app& app, const oauth1::access_token& access)
{
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), access, app.rules().method);
    settings.realm = app.rules().realm;
    settings.hidden = {app.keys().secret(), access.secret(), secret(access.token())};
    credential_ = api::signed_by(std::move(settings));
}

std::shared_ptr<api::call> oauth1_user::call(const oauth1_app& app, http::request request) const
{
    auto call = api::user_call(std::move(request), http::get(app.rules().user_url).origin);
    call->credential = credential_;
    return call;
}

std::shared_ptr<const api::call> oauth1_user::revocation(const oauth1_app& app) const
{
    auto call = std::make_shared<api::call>();
    call->request = http::get(app.rules().revoke_url);
    call->request.method = "POST";
    call->credential = credential_;
    return call;
}

std::shared_ptr<const api::call> request_token_call(const oauth1_app& app, std::string callback)
{
    oauth1::check_callback(callback).value();
    api::signing settings;
    settings.signer = app.signer();
    settings.oauth.emplace_back("oauth_callback", secret(std::move(callback)));
    return leg_call(app, api::step::request_token, app.rules().request_token_url, std::move(settings));
}

std::shared_ptr<const api::call> access_token_call(
    const oauth1_app& app, const oauth1::request_token& login, const secret& verifier)
{
    oauth1::check_verifier(verifier.reveal()).value();
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), login, app.rules().method);
    settings.oauth.emplace_back("oauth_verifier", verifier);
    settings.hidden = {login.secret(), secret(login.token()), verifier};
    return leg_call(app, api::step::access_token, app.rules().access_token_url, std::move(settings));
}

error read_oauth1_error(const http::response& response, const api::circumstances& when)
{
    const std::string words = names_credentials(response.body) ? "" : api::words_of(response.body, when.hidden);
    error refused = api::read_by_status(response, when, words);
    const bool of_timestamp = (response.status == 400 || response.status == 401) &&
                              text::lowered(words).find("timestamp") != std::string::npos;
    const errc code = of_timestamp ? errc::clock_skew : refused.reason();
    const std::string hint =
        api::with_clock_hint(refused.hint().value_or(""), code, response.headers, when.machine_now);
    if (of_timestamp)
        refused = error(code).with_http_status(response.status).with_provider(std::nullopt, words);
    return hint.empty() ? refused : refused.with_hint(hint);
}

bool oauth1_may_mean_clock(const error& refused, api::step at)
{
    return refused.http_status() == 401 && at != api::step::access_token;
}

} // namespace coauth::providers
