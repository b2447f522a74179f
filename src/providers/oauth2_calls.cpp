#include "api/json_members.hpp"
#include "api/provider_words.hpp"
#include "api/rate_limits.hpp"
#include "providers/oauth2_app.hpp"
#include "text/json_body.hpp"

#include <coauth/oauth2/error_response.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace coauth::providers {

namespace json = boost::json;

namespace {

std::string_view text_of(const json::object& object, std::string_view name)
{
    return api::find_raw_text(object, name).value_or("");
}

// `error="invalid_token"` of a challenge (RFC 6750, section 3).
std::string quoted_parameter(std::string_view challenge, std::string_view name)
{
    const std::string opening = std::string(name) + "=\"";
    const std::size_t at = challenge.find(opening);
    const bool begins = at == 0 || (at != challenge.npos && (challenge[at - 1] == ' ' || challenge[at - 1] == ','));
    if (!begins)
        return {};
    const std::string_view value = challenge.substr(at + opening.size());
    const std::size_t end = value.find('"');
    return end == value.npos ? std::string() : std::string(value.substr(0, end));
}

// {"error":{"message","type","code"}} of Facebook; Google's APIs have the same with a status as the code.
void read_error_object(const json::object& object, oauth2::error_response& out)
{
    out.code = text_of(object, "type");
    out.description = text_of(object, "message");
    const auto number = api::find_count(object, "code");
    if (number && *number <= std::numeric_limits<int>::max() && !out.code.empty())
        out.number = static_cast<int>(*number);
}

// The refusal in a body of JSON; empty texts if there is none.
oauth2::error_response refusal_in(std::string_view body)
{
    oauth2::error_response out;
    constexpr std::size_t largest = 64 * 1024;
    if (!body.starts_with('{') || body.size() > largest)
        return out;
    try {
        const text::json_body parsed = text::read_json(body);
        const json::object* object = parsed.root().if_object();
        if (!object)
            return out;
        if (const json::object* inner = api::find_object(*object, "error")) {
            read_error_object(*inner, out);
            return out;
        }
        out.code = text_of(*object, "error");
        out.description = text_of(*object, "error_description");
        if (out.description.empty())
            out.description = text_of(*object, "message"); // GitHub
    } catch (const error&) {
        // It says nothing then.
    }
    return out;
}

// True for a 403 that means what a 429 does. GitHub's secondary limits may name no time, and Google's say it in words only: `words`
// are those beside no code.
bool means_rate_limit(const http::response& response, const rate_limits& limits, std::string_view words)
{
    if (response.status != 403)
        return false;
    const std::string lower = text::lowered(words);
    return api::is_used_up(limits.window) || response.headers.count("Retry-After") != 0 ||
           lower.find("rate limit") != lower.npos || lower.find("abuse detection") != lower.npos;
}

error with_wait(error e, const http::response& response, const api::circumstances& when)
{
    const rate_limits limits = api::read_common_limits(response.headers, when.machine_now);
    const auto now = limits.at.value_or(when.provider_now);
    auto wait = api::retry_after(response.headers, now);
    if (!wait && api::is_used_up(limits.window) && limits.window->reset)
        wait = api::usable_wait(*limits.window->reset - now);
    return wait ? e.with_retry_after(*wait) : e;
}

} // namespace

rate_limits limits_of(const oauth2_app& app, const http::response& response)
{
    return api::read_common_limits(response.headers, app.clock()->machine_now());
}

error read_oauth2_error(const http::response& response, const api::circumstances& when)
{
    oauth2::error_response said = refusal_in(response.body);
    const std::string_view challenge = response.headers.get("WWW-Authenticate");
    if (const std::string code = quoted_parameter(challenge, "error"); !code.empty()) {
        said.code = code;
        said.number.reset();
        if (said.description.empty())
            said.description = quoted_parameter(challenge, "error_description");
    }
    const rate_limits limits = api::read_common_limits(response.headers, when.machine_now);
    if (means_rate_limit(response, limits, said.code.empty() ? said.description : std::string()))
        return with_wait(
            error(errc::rate_limited)
                .with_http_status(response.status)
                .with_provider(std::nullopt, api::shown(api::without_texts(said.description, when.hidden))),
            response, when);
    const error meant = oauth2::to_error(said, oauth2::request_kind::authorization, response.status, when.hidden);
    if ((!said.code.empty() || said.number) && meant.reason() != errc::provider_error)
        return with_wait(meant, response, when);
    const std::string words = said.code.empty() && said.description.empty() ? api::words_of(response.body, when.hidden)
                                                                            : meant.provider_message();
    error by_status = api::read_by_status(response, when, words);
    if (said.number)
        by_status = by_status.with_provider(said.number, words);
    by_status = by_status.with_provider_error(meant.provider_error());
    return with_wait(std::move(by_status), response, when);
}

std::shared_ptr<const api::call> form_call(const oauth2_setup& setup, api::step at, std::string_view url,
    const oauth2::form_request& form, std::vector<secret> hidden)
{
    auto call = std::make_shared<api::call>();
    call->at = at;
    call->request = http::get(url);
    call->request.method = "POST";
    call->request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    call->request.headers.add("Accept", "application/json");
    if (!form.authorization.empty())
        call->request.headers.add("Authorization", std::string(form.authorization.reveal()));
    call->request.body = form.body.reveal();
    call->hidden = std::move(hidden);
    call->hidden.push_back(setup.client.client_secret());
    call->hidden.push_back(credentials_in(form.authorization.reveal()));
    return call;
}

std::shared_ptr<api::call> bearer_call(const oauth2_setup& setup, const secret& access_token, http::request request)
{
    if (std::find(setup.origins.begin(), setup.origins.end(), request.origin) == setup.origins.end())
        throw error(errc::invalid_argument, "the request is for " + request.origin.url() +
                                                ", which is not an origin of provider \"" + setup.rules.name + "\"")
            .with_hint("an access token is for its provider: list further origins in the provider's options");
    auto call = std::make_shared<api::call>();
    call->repeatable = text::equal_ignoring_case(request.method, "GET");
    http::fields headers;
    headers.add("Authorization", "Bearer " + std::string(access_token.reveal()));
    for (const auto& [name, value] : request.headers)
        if (!http::same_field_name(name, "Authorization"))
            headers.add(name, value);
    for (const auto& [name, value] : setup.rules.api_headers)
        if (headers.count(name) == 0)
            headers.add(name, value);
    if (headers.count("Accept") == 0)
        headers.add("Accept", "application/json");
    request.headers = std::move(headers);
    if (setup.rules.complete_request)
        setup.rules.complete_request(request, access_token);
    call->request = std::move(request);
    call->hidden = {access_token, setup.client.client_secret()};
    return call;
}

secret credentials_in(std::string_view authorization)
{
    return secret(authorization.substr(std::min(authorization.find(' ') + 1, authorization.size())));
}

} // namespace coauth::providers
