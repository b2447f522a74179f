// A user's access, made ready.
#pragma once

#include "twitter/x_calls.hpp"

#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/twitter/user_client.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace coauth::twitter {

/// An app, a user's token, and the key of both, prepared.
///
/// Thread safety: a shared object is safe.
class user_access {
public:
    /// `retry_budget`: how long a GET may be repeated while the provider is down; 0: for a caller that decides that itself.
    user_access(std::shared_ptr<const x_app> app, oauth1::access_token user, std::chrono::milliseconds retry_budget)
        : app_(std::move(app)), user_(std::move(user)), retry_budget_(retry_budget),
          signer_(std::make_shared<const oauth1::signer>(app_->keys(), user_))
    {}

    const std::shared_ptr<const x_app>& app() const noexcept { return app_; }
    const oauth1::access_token& token() const noexcept { return user_; }
    api_version version() const noexcept { return app_->options().api; }

    /// Throws `errc::invalid_argument`.
    shared_call signed_call(api_call call) const
    {
        return user_call(*app_, user_, signer_, std::move(call), retry_budget_);
    }

    /// The same for a request below the API's origin.
    shared_call signed_call(http::request request) const
    {
        return user_call(*app_, user_, signer_, std::move(request));
    }

private:
    std::shared_ptr<const x_app> app_;
    oauth1::access_token user_;
    std::chrono::milliseconds retry_budget_;
    std::shared_ptr<const oauth1::signer> signer_;
};

/// What the copies of a `user_client` share.
class user_client::state final : public user_access {
public:
    using user_access::user_access;
};

} // namespace coauth::twitter
