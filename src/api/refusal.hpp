// A refused call as an error: the step of the flow, the HTTP status and the provider's words.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/fields.hpp>
#include <coauth/http/response.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::api {

/// What was being done when the provider refused; the same words mean different things.
enum class step {
    request_token, ///< A login begins with the app's credentials only: OAuth 1.0a's leg 1, a device code.
    access_token,  ///< A login ends: OAuth 1.0a's leg 3, OAuth 2's code.
    renewal,       ///< OAuth 2's refresh token.
    call,          ///< Anything after the login.
};

/// What is known beside the response. Views; valid as long as what they point to.
struct circumstances {
    circumstances() = default;

    step at = step::call;
    bool writes = false;                   ///< The call would have changed something.
    std::chrono::sys_seconds machine_now;  ///< When the response came, by this machine's clock.
    std::chrono::sys_seconds provider_now; ///< The same by the provider's, if the response has no `Date`.
    std::span<const secret> hidden;        ///< Never shown, even if the provider repeats them.
};

/// Makes an error of a response that is not 2xx. `read_by_status` is one; a provider whose refusals say more brings its own.
using error_reader = std::function<error(const http::response&, const circumstances&)>;

/// A refusal's code, and what to do.
struct meaning {
    meaning() = default;
    meaning(errc new_code, std::string_view new_hint) : code(new_code), hint(new_hint) {}

    errc code = errc::provider_error;
    std::string hint; ///< Empty if there is nothing useful to say.
};

/// What a status means if nothing else is known. A renewal refused without the provider's word for it is not
/// `token_revoked`, which would cost the user a login.
meaning meaning_of_status(int status, step at);

/// The reader for a provider of which no more is known: `meaning_of_status`, `words_of` the body, `retry_after`.
error read_by_status(const http::response& response, const circumstances& when);

/// The same with other words: the provider's own member for them, or none.
error read_by_status(const http::response& response, const circumstances& when, const std::string& words);

/// `Retry-After`, seconds or a date (RFC 9110, section 10.2.3), as `usable_wait`.
std::optional<std::chrono::seconds> retry_after(const http::fields& headers, std::chrono::sys_seconds provider_now);

/// At most a day and a minute, for no window is longer; empty if the time has passed: a caller that used it would be
/// refused again at once.
std::optional<std::chrono::seconds> usable_wait(std::optional<std::chrono::seconds> wait);

/// `hint`, and how far this machine's clock is off if that explains `code`: always for `clock_skew`, over a minute for
/// `invalid_credentials`. For protocols with timestamps.
std::string with_clock_hint(
    std::string hint, errc code, const http::fields& headers, std::chrono::sys_seconds machine_now);

/// The hint for an HTML page in the place of an API's response.
inline constexpr std::string_view page_hint =
    "the response is an HTML page: something before the provider's API sent it";

} // namespace coauth::api
