// A provider of OAuth 2: its rules and app, its documents, its calls, and its refusals as errors.
#pragma once

#include "api/caller.hpp"
#include "providers/cached_document.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/http/origin.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/form_request.hpp>
#include <coauth/oauth2/jwk_set.hpp>
#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::providers {

/// Rules whose URLs are all known, and the app as it authenticates there.
struct oauth2_setup {
    oauth2_setup(oauth2_rules new_rules, oauth2::app new_client);

    oauth2_rules rules;
    oauth2::app client;
    std::vector<http::origin> origins; ///< Where the access token may be sent.
};
using shared_oauth2_setup = std::shared_ptr<const oauth2_setup>;

/// What the operations of one provider share.
///
/// Thread safety: a shared object is safe.
class oauth2_app : public api::caller {
public:
    /// Throws as `oauth2_provider`.
    oauth2_app(std::shared_ptr<http::transport> transport, oauth2::app client, oauth2_rules rules,
        std::shared_ptr<coauth::clock> clock);

    /// As they were given: with discovery, without URLs.
    const oauth2_rules& rules() const noexcept { return given_->rules; }
    const shared_oauth2_setup& given() const noexcept { return given_; }

    cached_document<oauth2_setup>& discovered() const noexcept { return discovered_; }
    cached_document<oauth2::jwk_set>& keys() const noexcept { return keys_; }

private:
    shared_oauth2_setup given_;
    mutable cached_document<oauth2_setup> discovered_;
    mutable cached_document<oauth2::jwk_set> keys_;
};
using shared_oauth2_app = std::shared_ptr<const oauth2_app>;

/// The rules with their URLs, after discovery if they need it.
boost::asio::awaitable<shared_oauth2_setup> setup_of(shared_oauth2_app app);

/// The provider's public keys; `than`: newer ones than these.
boost::asio::awaitable<document_version<oauth2::jwk_set>> keys_of(shared_oauth2_app app, std::uint64_t than = 0);

/// A POST of a form, sent once. `hidden`: the secrets in it beside the app's own.
std::shared_ptr<const api::call> form_call(const oauth2_setup& setup, api::step at, std::string_view url,
    const oauth2::form_request& form, std::vector<secret> hidden);

/// A request with the access token. Throws `errc::invalid_argument` for an origin that is not the provider's.
std::shared_ptr<api::call> bearer_call(const oauth2_setup& setup, const secret& access_token, http::request request);

/// What follows the scheme in the value of an Authorization header.
secret credentials_in(std::string_view authorization);

/// What a response says of rate limits: `x-ratelimit-*`.
rate_limits limits_of(const oauth2_app& app, const http::response& response);

/// A refused call: the provider's word for it in a `WWW-Authenticate` header (RFC 6750) or a JSON body, Facebook's number, a
/// used-up rate limit; else by the status.
error read_oauth2_error(const http::response& response, const api::circumstances& when);

} // namespace coauth::providers
