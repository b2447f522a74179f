// What an app and a user send to a provider of OAuth 2, as coroutines.
#pragma once

#include "providers/oauth2_app.hpp"

#include <coauth/identity/profile.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/oauth2/token_response.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::providers {

/// Sends a token request once and reads its response, of any status. `hidden`: the secrets in `form` beside the app's.
boost::asio::awaitable<oauth2::token_response> request_tokens(shared_oauth2_app app, shared_oauth2_setup setup,
    oauth2::request_kind kind, oauth2::form_request form, std::vector<secret> hidden);

/// The profile with the details that the rules ask for, and the limits of the latest response that stated any. `retry_budget`: as
/// in `api::call`.
boost::asio::awaitable<reply<profile>> user_of(
    shared_oauth2_app app, shared_oauth2_setup setup, secret access_token, std::chrono::milliseconds retry_budget);

/// Ends the tokens: as RFC 7009 has it first the refresh token, or as the provider does. Does nothing where it can't.
boost::asio::awaitable<void> revoke_tokens(
    shared_oauth2_app app, shared_oauth2_setup setup, oauth2::stored_credential tokens);

/// What the reader of the rules makes of a body. Throws `errc::malformed_response` for one that it can't read, and
/// `errc::response_too_large` over 256 KiB.
profile read_profile(const oauth2_rules& rules, std::string_view body);

} // namespace coauth::providers
