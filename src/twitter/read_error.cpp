#include "twitter/read_error.hpp"

#include "api/provider_clock.hpp"
#include "twitter/rate_limits.hpp"
#include "twitter/refusal.hpp"

#include <coauth/http/date.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>

namespace coauth::twitter {

using namespace api;

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// `www-authenticate: OAuth realm="https://api.x.com", api_error_code=32`
std::optional<int> code_in_header(const http::fields& headers)
{
    constexpr std::string_view name = "api_error_code=";
    const std::string_view value = headers.get("www-authenticate");
    const std::size_t at = value.find(name);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view digits = value.substr(at + name.size());
    int code = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), code).ec != std::errc() || code < 0)
        return std::nullopt;
    return code;
}

// No window is longer than a day; a wait beyond that is nonsense.
constexpr seconds longest_wait = std::chrono::hours(24) + seconds(60);

// Whole seconds, and a fraction that some providers send, rounded up.
std::optional<seconds> read_delay(std::string_view text)
{
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
    if (whole.empty() || !text::all_digits(whole) || !text::all_digits(fraction))
        return std::nullopt;
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(whole.data(), whole.data() + whole.size(), count);
    if (problem != std::errc() || count >= longest_wait.count())
        return longest_wait;
    return seconds(count + (fraction.find_first_not_of('0') != std::string_view::npos ? 1 : 0));
}

// Seconds, or a date (RFC 9110, section 10.2.3).
std::optional<seconds> retry_after_header(const http::fields& headers, sys_seconds provider_now)
{
    const std::string_view value = headers.get("retry-after");
    if (const auto delay = read_delay(value))
        return delay;
    if (const auto date = http::read_date(value, provider_now))
        return *date - provider_now;
    return std::nullopt;
}

// A call may be refused by any of its windows, so the one that opens last counts: the day's may be
// closed while the quarter of an hour's is not.
std::optional<seconds> until_windows_open(const http::fields& headers, sys_seconds provider_now)
{
    const rate_limits limits = read_rate_limits(headers, provider_now);
    std::optional<seconds> wait;
    for (const auto* window : {&limits.window, &limits.app_day, &limits.user_day})
        if (*window && (*window)->remaining.value_or(1) <= 0 && (*window)->reset)
            wait = std::max(wait.value_or(seconds::min()), *(*window)->reset - provider_now);
    return wait;
}

std::optional<seconds> wait_for(const http::response& response, errc code, sys_seconds provider_now)
{
    if (code != errc::rate_limited && code != errc::provider_unavailable)
        return std::nullopt;
    std::optional<seconds> wait = retry_after_header(response.headers, provider_now);
    if (code == errc::rate_limited)
        wait = std::max(wait, until_windows_open(response.headers, provider_now));
    // A time that has passed does not count: a caller that used it would be refused again at once.
    if (!wait || wait->count() <= 0)
        return std::nullopt;
    return std::min(*wait, longest_wait);
}

std::string join(const std::string& a, const std::string& b)
{
    return a.empty() ? b : a + "; " + b;
}

void explain_clock(meaning& m, const http::response& response, sys_seconds machine_now)
{
    constexpr seconds notable(60);
    const auto difference = clock_difference(response.headers, machine_now);
    if (m.code == errc::clock_skew)
        m.hint = difference ? describe_difference(*difference)
                            : "set the clock of this machine; the provider did not send its own time";
    else if (m.code == errc::invalid_credentials && difference && std::chrono::abs(*difference) > notable)
        m.hint = join(m.hint, describe_difference(*difference));
}

void replace_all(std::string& text, std::string_view hidden_text)
{
    // Very short texts would blank out innocent words, and give nothing away.
    constexpr std::size_t shortest = 4;
    constexpr std::string_view hole = "[hidden]";
    if (hidden_text.size() < shortest)
        return;
    for (std::size_t at = text.find(hidden_text); at != std::string::npos;
         at = text.find(hidden_text, at + hole.size()))
        text.replace(at, hidden_text.size(), hole);
}

} // namespace

std::string without_secrets(std::string words, std::span<const secret> hidden)
{
    for (const secret& s : hidden) {
        std::string encoded = text::percent_encode(s.reveal());
        replace_all(words, encoded);
        replace_all(words, s.reveal());
        wipe(encoded);
    }
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

error read_error(const http::response& response, const circumstances& when)
{
    refusal said = read_refusal(response.body);
    if (!said.code)
        said.code = code_in_header(response.headers);

    meaning m = meaning_of(said, response.status, when.at);
    if (m.code == errc::forbidden && when.writes && response.headers.get("x-access-level") == "read") {
        m.code = errc::access_level;
        m.hint = "the access token may read only; give the app write permission in the developer portal, then let the "
                 "user sign in again";
    }
    explain_clock(m, response, when.machine_now);

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

} // namespace coauth::twitter
