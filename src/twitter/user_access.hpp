// A user's access, made ready.
#pragma once

#include "twitter/x_calls.hpp"

#include <coauth/oauth1/credentials.hpp>
#include <coauth/secret.hpp>
#include <coauth/twitter/user_client.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace coauth::twitter {

/// An app and a user's token: of OAuth 1.0a with the key of both, prepared, or of OAuth 2.
///
/// Thread safety: a shared object is safe.
class user_access {
public:
    /// `retry_budget`: how long a GET may be repeated while the provider is down; 0: for a caller that decides that itself.
    user_access(std::shared_ptr<const x_app> app, oauth1::access_token user, std::chrono::milliseconds retry_budget)
        : app_(std::move(app)), user_(std::move(user)), credential_(user_authorization(*app_, *user_)),
          retry_budget_(retry_budget)
    {}

    /// OAuth 2; `app`: one without keys.
    user_access(std::shared_ptr<const x_app> app, secret access_token, std::chrono::milliseconds retry_budget)
        : app_(std::move(app)), credential_(bearer_authorization(std::move(access_token))), retry_budget_(retry_budget)
    {}

    const std::shared_ptr<const x_app>& app() const noexcept { return app_; }
    api_version version() const noexcept { return app_->options().api; }

    /// What OAuth 1.0a's response said of the user: `user_id`, `screen_name`; else empty.
    std::string_view extra(std::string_view name) const noexcept
    {
        return user_ ? user_->extra(name) : std::string_view();
    }

    shared_call signed_call(api_call call) const
    {
        return user_call(*app_, credential_, std::move(call), retry_budget_);
    }

    /// The same for a request below the API's origin. Throws `errc::invalid_argument`.
    shared_call signed_call(http::request request) const { return user_call(*app_, credential_, std::move(request)); }

private:
    std::shared_ptr<const x_app> app_;
    std::optional<oauth1::access_token> user_; ///< Empty for OAuth 2.
    std::shared_ptr<const api::authorization> credential_;
    std::chrono::milliseconds retry_budget_;
};

/// What the copies of a `user_client` share.
class user_client::state final : public user_access {
public:
    using user_access::user_access;
};

} // namespace coauth::twitter
