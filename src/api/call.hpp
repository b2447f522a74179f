// One call of a provider's API, as a value.
#pragma once

#include "api/refusal.hpp"

#include <coauth/http/request.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::api {

/// How long a login's GET of the profile may be repeated while the provider is down, the waits included.
inline constexpr std::chrono::milliseconds login_retry_budget{5'000};

/// A credential that makes an Authorization header anew for each sending. Made once, for many calls.
///
/// Thread safety: a shared object is safe.
class authorization {
public:
    virtual ~authorization() = default;

    /// Appends the value of the header for `request`, sent at this time by the provider's clock. What it throws ends the call.
    virtual void append_header(
        const http::request& request, std::chrono::sys_seconds provider_time, std::string& value) const = 0;

    /// What no error of the request with this value may show.
    virtual std::vector<secret> hidden(std::string_view value) const = 0;
};

/// What to send, and what may be done if it fails.
///
/// OAuth 1.0a's `credential` is made by `signed_by` (api/oauth1_signing.hpp). OAuth 2 needs none, for nothing is made anew: its
/// request has the header or the form already, and its token, code, client secret and verifier are in `hidden`.
///
/// Thread safety: a shared object is safe once made.
struct call {
    call() = default;

    step at = step::call;

    /// All of it but the header of `credential`. A deadline of 0 is the caller's; `renew` is not used. The driver adds Accept and
    /// User-Agent where they are missing, and asks for no encoding.
    http::request request;
    std::string_view accept = "*/*"; ///< A literal.

    bool repeatable = false; ///< A GET: sent again by the transport, and within `retry_budget`.
    std::chrono::milliseconds retry_budget{
        0};                     ///< How long it is repeated while the provider is down, waits included. 0: never.
    std::vector<secret> hidden; ///< What no error may show, beside what the credential knows.
    std::shared_ptr<const authorization> credential; ///< Empty: the request has its credential.
};

} // namespace coauth::api
