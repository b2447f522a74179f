#include "twitter/legs.hpp"
#include "twitter/user_access.hpp"

#include <coauth/twitter/client.hpp>

namespace coauth::twitter {

namespace asio = boost::asio;

// A member function only hands `app_` over: a coroutine begins when it is awaited, and the client
// may be gone by then.

client::client(std::shared_ptr<http::transport> transport, oauth1::consumer app, client_options options)
    : app_(std::make_shared<const x_app>(std::move(transport), std::move(app), std::move(options)))
{}

client::~client() = default;
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;

asio::awaitable<oauth1::request_token> client::request_token(std::string callback, access_type access) const
{
    return twitter::request_token(app_, std::move(callback), access);
}

std::string client::authenticate_url(const oauth1::request_token& login, const authorize_options& options) const
{
    return login_page(*app_, false, login, options);
}

std::string client::authorize_url(const oauth1::request_token& login, const authorize_options& options) const
{
    return login_page(*app_, true, login, options);
}

asio::awaitable<oauth1::access_token> client::access_token(oauth1::request_token login, std::string verifier) const
{
    return twitter::access_token(app_, std::move(login), secret(std::move(verifier)));
}

user_client client::for_user(oauth1::access_token access) const
{
    return user_client(std::make_shared<const user_access>(app_, std::move(access), app_->options().retry_budget));
}

std::chrono::seconds client::clock_offset() const noexcept
{
    return app_->clock()->ahead();
}

const client_options& client::options() const noexcept
{
    return app_->options();
}

} // namespace coauth::twitter
