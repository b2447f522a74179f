// The calls of X's API, signed.
#pragma once

#include "api/call.hpp"
#include "twitter/x_app.hpp"

#include <coauth/http/request.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>
#include <coauth/twitter/client.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace coauth::twitter {

using shared_call = std::shared_ptr<const api::call>;

/// Leg 1, leg 3, and everything after them. Throw `errc::invalid_argument`.
shared_call request_token_call(const x_app& app, std::string callback, access_type access);
shared_call access_token_call(const x_app& app, const oauth1::request_token& login, const secret& verifier);

/// The credential of a user's calls: with the key of OAuth 1.0a prepared, or a token of OAuth 2.
std::shared_ptr<const api::authorization> user_authorization(const x_app& app, const oauth1::access_token& user);
std::shared_ptr<const api::authorization> bearer_authorization(secret access_token);

/// A call of coauth's own. `require_call` checks one that a user has put together.
shared_call user_call(const x_app& app, std::shared_ptr<const api::authorization> user, api_call call,
    std::chrono::milliseconds retry_budget);

/// A request that its caller has put together. Throws `errc::invalid_argument` if it is not for the API's origin.
shared_call user_call(const x_app& app, std::shared_ptr<const api::authorization> user, http::request request);

} // namespace coauth::twitter
