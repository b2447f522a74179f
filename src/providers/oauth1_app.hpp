// A provider of OAuth 1.0a: its rules and keys, its calls, and its refusals as errors.
#pragma once

#include "api/caller.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/error.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/http/transport.hpp>
#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/providers/oauth1_provider.hpp>

#include <chrono>
#include <memory>

namespace coauth::providers {

/// What the operations of one provider share.
///
/// Thread safety: a shared object is safe.
class oauth1_app : public api::caller {
public:
    oauth1_app(std::shared_ptr<http::transport> transport, oauth1::consumer keys, oauth1_rules rules,
        std::shared_ptr<coauth::clock> clock);

    const oauth1::consumer& keys() const noexcept { return keys_; }
    const oauth1_rules& rules() const noexcept { return rules_; }
    const std::shared_ptr<const oauth1::signer>& signer() const noexcept { return signer_; } ///< Of the keys alone.

private:
    oauth1::consumer keys_;
    oauth1_rules rules_;
    std::shared_ptr<const oauth1::signer> signer_;
};
using shared_oauth1_app = std::shared_ptr<const oauth1_app>;

/// A user's token with its key, prepared.
///
/// Thread safety: a shared object is safe.
class oauth1_user {
public:
    oauth1_user(const oauth1_app& app, const oauth1::access_token& access);

    /// Throws `errc::invalid_argument` if it is not for the origin of the profile.
    std::shared_ptr<api::call> call(const oauth1_app& app, http::request request) const;

    /// A POST to `revoke_url`.
    std::shared_ptr<const api::call> revocation(const oauth1_app& app) const;

private:
    std::shared_ptr<const api::authorization> credential_;
};

/// Leg 1 and leg 3.
std::shared_ptr<const api::call> request_token_call(const oauth1_app& app, std::string callback);
std::shared_ptr<const api::call> access_token_call(
    const oauth1_app& app, const oauth1::request_token& login, const secret& verifier);

/// `api::read_by_status`, with `clock_skew` for words that speak of the timestamp. No words at all if they name or repeat a
/// token, verifier or signature.
error read_oauth1_error(const http::response& response, const api::circumstances& when);

/// RFC 5849, section 3.2, has status 401 for a refused timestamp as for all else. In leg 3 it is the verifier's.
bool oauth1_may_mean_clock(const error& refused, api::step at);

} // namespace coauth::providers
