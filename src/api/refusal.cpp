#include "api/refusal.hpp"

#include "api/provider_clock.hpp"
#include "api/provider_words.hpp"
#include "text/json_body.hpp"

#include <coauth/http/date.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <charconv>

namespace coauth::api {

using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

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

// What a refusal of the credentials means: they are the app's, the login's or the user's.
errc code_of_credentials(int status, step at)
{
    switch (at) {
    case step::request_token:
        return errc::invalid_credentials;
    case step::access_token:
        return errc::invalid_verifier;
    case step::renewal:
        return status == 401 ? errc::invalid_credentials : errc::provider_error;
    case step::call:
        break;
    }
    return status == 401 ? errc::token_revoked : errc::provider_error;
}

} // namespace

meaning meaning_of_status(int status, step at)
{
    if (status >= 300 && status < 400)
        return {errc::unexpected_redirect,
            "set the base URL to the address that the provider redirects to, if it is one you trust"};
    if (status >= 500)
        return {errc::provider_unavailable, "try again later"};
    switch (status) {
    case 400:
    case 401:
        return {code_of_credentials(status, at), ""};
    case 403:
        return {errc::forbidden, ""};
    case 404:
        return {errc::not_found, ""};
    case 429:
        return {errc::rate_limited, ""};
    default:
        return {errc::provider_error, ""};
    }
}

error read_by_status(const http::response& response, const circumstances& when)
{
    return read_by_status(response, when, words_of(response.body, when.hidden));
}

error read_by_status(const http::response& response, const circumstances& when, const std::string& words)
{
    const meaning by_status = meaning_of_status(response.status, when.at);
    error e = error(by_status.code).with_http_status(response.status);
    if (!words.empty())
        e = e.with_provider(std::nullopt, words);
    if (!by_status.hint.empty())
        e = e.with_hint(by_status.hint);
    else if (text::looks_like_markup(response.body))
        e = e.with_hint(std::string(page_hint));
    const auto date = http::read_date(response.headers.get("date"), when.machine_now);
    if (const auto wait = retry_after(response.headers, date.value_or(when.provider_now)))
        e = e.with_retry_after(*wait);
    return e;
}

std::optional<seconds> retry_after(const http::fields& headers, sys_seconds provider_now)
{
    const std::string_view value = headers.get("retry-after");
    if (const auto delay = read_delay(value))
        return usable_wait(delay);
    if (const auto date = http::read_date(value, provider_now))
        return usable_wait(*date - provider_now);
    return std::nullopt;
}

std::optional<seconds> usable_wait(std::optional<seconds> wait)
{
    if (!wait || wait->count() <= 0)
        return std::nullopt;
    return std::min(*wait, longest_wait);
}

std::string with_clock_hint(std::string hint, errc code, const http::fields& headers, sys_seconds machine_now)
{
    constexpr seconds notable(60);
    const auto difference = clock_difference(headers, machine_now);
    if (code == errc::clock_skew)
        return difference ? describe_difference(*difference)
                          : "set the clock of this machine; the provider did not send its own time";
    if (code != errc::invalid_credentials || !difference || std::chrono::abs(*difference) <= notable)
        return hint;
    return hint.empty() ? describe_difference(*difference) : hint + "; " + describe_difference(*difference);
}

} // namespace coauth::api
