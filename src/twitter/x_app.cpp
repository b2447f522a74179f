#include "twitter/x_app.hpp"

#include "coro/user_class.hpp"
#include "twitter/read_error.hpp"

#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/copied_with.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace coauth::twitter {

namespace {

void require_path(const http::base_url& base, const std::string& path)
{
    if (!path.starts_with('/') || !oauth1::split_target(base.url() + path))
        throw error(errc::invalid_argument, "an endpoint's path must begin with a slash and be percent-encoded");
}

// The provider would refuse the signature, and not say why.
void require_not_copied_with(const std::string& name, std::string_view value)
{
    const std::string_view extra = text::copied_with(value);
    if (!extra.empty())
        throw error(errc::invalid_argument, "the " + name + " has " + std::string(extra) + " around it")
            .with_hint("leave it out: the provider's keys have none");
}

api::caller_options caller_options_of(const client_options& options, bool has_keys)
{
    api::caller_options out;
    out.user_agent = options.user_agent;
    out.deadline = options.deadline;
    out.clock = options.clock;
    out.read = has_keys ? read_error : read_bearer_error;
    out.may_mean_clock = has_keys ? may_mean_clock : nullptr;
    return out;
}

api::nonce_source nonce_of(const client_options& options)
{
    if (!options.nonce)
        return oauth1::random_nonce;
    return [nonce = options.nonce] { return call_user_class(errc::invalid_argument, "client_options::nonce", nonce); };
}

} // namespace

x_app::x_app(std::shared_ptr<http::transport> transport, std::optional<oauth1::consumer> keys, client_options options)
    : caller(std::move(transport), caller_options_of(options, keys.has_value())), keys_(std::move(keys)),
      options_(std::move(options)),
      routes_(http::parse_base_url(options_.endpoints.api_base).value(),
          keys_ ? options_.api : api_version::v2), // the only one that takes OAuth 2's tokens
      authorize_(http::parse_base_url(options_.endpoints.authorize_base).value()), nonce_(nonce_of(options_))
{
    if (keys_) {
        require_not_copied_with("consumer key", keys_->key());
        require_not_copied_with("consumer secret", keys_->secret().reveal());
        signer_ = std::make_shared<const oauth1::signer>(*keys_);
    }
    if (options_.deadline.count() < 0)
        throw error(errc::invalid_argument, "the deadline is negative");
    if (options_.retry_budget.count() < 0)
        throw error(errc::invalid_argument, "the retry budget is negative");
    for (const auto* path : {&options_.endpoints.request_token_path, &options_.endpoints.access_token_path,
             &options_.endpoints.invalidate_token_path})
        require_path(routes_.base(), *path);
    for (const auto* path : {&options_.endpoints.authenticate_path, &options_.endpoints.authorize_path})
        require_path(authorize_, *path);
    options_.user_agent = user_agent();
}

} // namespace coauth::twitter
