#include "twitter/read_error.hpp"

#include "api/provider_words.hpp"
#include "api/rate_limits.hpp"
#include "twitter/rate_limits.hpp"

#include <coauth/http/date.hpp>
#include <coauth/identity/reply.hpp>

#include <algorithm>
#include <optional>

namespace coauth::twitter {

using namespace api;

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// A call may be refused by any of its windows, so the one that opens last counts: the day's may be
// closed while the quarter of an hour's is not.
std::optional<seconds> until_windows_open(const http::fields& headers, sys_seconds provider_now)
{
    const rate_limits limits = read_rate_limits(headers, provider_now);
    std::optional<seconds> wait;
    for (const auto* window : {&limits.window, &limits.app_day, &limits.user_day})
        if (is_used_up(*window) && (*window)->reset)
            wait = std::max(wait.value_or(seconds::min()), *(*window)->reset - provider_now);
    return wait;
}

std::optional<seconds> wait_for(const http::response& response, errc code, sys_seconds provider_now)
{
    if (code != errc::rate_limited && code != errc::provider_unavailable)
        return std::nullopt;
    const std::optional<seconds> wait = retry_after(response.headers, provider_now);
    if (code != errc::rate_limited)
        return wait;
    return std::max(wait, usable_wait(until_windows_open(response.headers, provider_now)));
}

} // namespace

std::string without_secrets(std::string words, std::span<const secret> hidden)
{
    words = without_texts(std::move(words), hidden);
    // `oauth_token="..."`, or the same encoded as in a base string: the request is being repeated.
    constexpr std::string_view word = "abcdefghijklmnopqrstuvwxyz_";
    for (std::size_t at = words.find("oauth_"); at != std::string::npos; at = words.find("oauth_", at + 1)) {
        const std::size_t end = words.find_first_not_of(word, at);
        if (end != std::string::npos && (words[end] == '=' || words.compare(end, 3, "%3D") == 0)) {
            words.replace(at, std::string::npos, "[hidden]");
            break;
        }
    }
    return words;
}

bool may_mean_clock(const error& refused, step at)
{
    constexpr int could_not_authenticate = 32;
    if (refused.reason() != errc::invalid_credentials)
        return false;
    if (refused.provider_code())
        return refused.provider_code() == could_not_authenticate;
    return at == step::call && refused.http_status() == 401;
}

error read_error(const http::response& response, const circumstances& when)
{
    refusal said = read_refusal(response.body);
    if (!said.code) // `www-authenticate: OAuth realm="https://api.x.com", api_error_code=32`
        said.code = code_after(response.headers.get("www-authenticate"), "api_error_code=");

    meaning m = meaning_of(said, response.status, when.at);
    if (m.code == errc::forbidden && when.writes && response.headers.get("x-access-level") == "read") {
        m.code = errc::access_level;
        m.hint = "the access token may read only; give the app write permission in the developer portal, then let the "
                 "user sign in again";
    }
    m.hint = with_clock_hint(std::move(m.hint), m.code, response.headers, when.machine_now);

    const auto date = http::read_date(response.headers.get("date"), when.machine_now);
    const auto wait = wait_for(response, m.code, date.value_or(when.provider_now));
    if (m.code == errc::rate_limited && m.hint.empty())
        m.hint =
            wait ? "the next call is allowed in " + std::to_string(wait->count()) + " s" : "wait before the next call";

    error e = error(m.code)
                  .with_http_status(response.status)
                  .with_provider(said.code, shown(without_secrets(said.words, when.hidden)));
    if (!m.hint.empty())
        e = e.with_hint(m.hint);
    if (wait)
        e = e.with_retry_after(*wait);
    return e;
}

error read_bearer_error(const http::response& response, const circumstances& when)
{
    const error refused = read_error(response, when);
    if (refused.reason() != errc::invalid_credentials)
        return refused;
    return error(errc::token_revoked)
        .with_http_status(response.status)
        .with_provider(refused.provider_code(), refused.provider_message())
        .with_hint("the user must sign in again");
}

} // namespace coauth::twitter
