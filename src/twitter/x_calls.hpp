// The calls of X's API, signed.
#pragma once

#include "api/call.hpp"
#include "twitter/x_app.hpp"

#include <coauth/http/request.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/signer.hpp>
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

/// `signer`: of this app and user.
shared_call user_call(const x_app& app, const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer,
    api_call call, std::chrono::milliseconds retry_budget);

/// A request that its caller has put together. Throws `errc::invalid_argument` if it is not for the API's origin.
shared_call user_call(const x_app& app, const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer,
    http::request request);

/// The same with a token of OAuth 2.
shared_call bearer_call(
    const x_app& app, const secret& access_token, api_call call, std::chrono::milliseconds retry_budget);
shared_call bearer_call(const x_app& app, const secret& access_token, http::request request);

} // namespace coauth::twitter
