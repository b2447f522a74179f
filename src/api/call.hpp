// One call of a provider's API, as a value.
#pragma once

#include "api/refusal.hpp"

#include <coauth/http/request.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace coauth::api {

/// How long a login's GET of the profile may be repeated while the provider is down, the waits included.
inline constexpr std::chrono::milliseconds login_retry_budget{5'000};

/// Puts the credential into a request that is about to be sent, at this time by the provider's clock: sets the Authorization
/// header, and may change what the credential covers, but not origin and method. Called once for each sending, wherever the
/// transport runs. Gives what it made for this sending and no error may show, such as a signature; empty if nothing.
/// What it throws ends the call.
using authorizer = std::function<secret(http::request& request, std::chrono::sys_seconds provider_time)>;

/// What to send, and what may be done if it fails.
///
/// OAuth 1.0a's `authorize` is `signed_by` (api/oauth1_signing.hpp). OAuth 2 needs none, for nothing is made anew: its request
/// has the header or the form already, and its token, code, client secret and verifier are in `hidden`.
///
/// Thread safety: a shared object is safe once made.
struct call {
    call() = default;

    step at = step::call;

    /// All of it but what `authorize` adds. A deadline of 0 is the caller's; `renew` is not used. The driver adds `Accept: */*`
    /// and User-Agent where they are missing, and asks for no encoding.
    http::request request;

    bool repeatable = false; ///< A GET: sent again by the transport, and within `retry_budget`.
    std::chrono::milliseconds retry_budget{
        0};                     ///< How long it is repeated while the provider is down, waits included. 0: never.
    std::vector<secret> hidden; ///< What no error may show.
    authorizer authorize;       ///< Empty: the request has its credential.
};

} // namespace coauth::api
