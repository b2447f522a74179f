// A refused request as an error: who caused it, and what to do.
#pragma once

#include "twitter/refusal.hpp"

#include <coauth/error.hpp>
#include <coauth/http/response.hpp>
#include <coauth/secret.hpp>

#include <span>
#include <string>

namespace coauth::twitter {

using api::circumstances;

/// For a response that is not 2xx, in any of the shapes that providers use.
error read_error(const http::response& response, const circumstances& when);

/// The same for a request with a token of OAuth 2: refused credentials are the token.
error read_bearer_error(const http::response& response, const circumstances& when);

/// What X may say of a timestamp as well as of the keys: its code 32, and API 2's bare 401. A leg's refusal without a code
/// is about the login, such as a mistyped PIN.
bool may_mean_clock(const error& refused, step at);

/// `words` without the texts in `hidden`, and without OAuth parameters that the provider repeats.
std::string without_secrets(std::string words, std::span<const secret> hidden);

} // namespace coauth::twitter
