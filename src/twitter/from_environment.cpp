#include "text/environment_variable.hpp"

#include <coauth/http/pool_from_environment.hpp>
#include <coauth/text/copied_with.hpp>
#include <coauth/twitter/from_environment.hpp>

#include <boost/asio/this_coro.hpp>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;
using text::environment_variable;

namespace {

void require_clean(const char* name, std::string_view value)
{
    const std::string_view extra = text::copied_with(value);
    if (!extra.empty())
        throw error(errc::invalid_argument, std::string(name) + " has " + std::string(extra) + " around its value")
            .with_hint("leave it out: the provider's keys have none, and the signature would be refused");
}

// A secret may be empty: it was forgotten if its variable is not set. `public_name`: the variable of what it is the secret of.
secret required_secret(const std::string& name, const std::string& public_name)
{
    if (!std::getenv(name.c_str()))
        throw error(errc::invalid_argument, name + " is not set, and " + public_name + " is")
            .with_hint("set both; for a secret that is empty, as RSA needs none, set it to nothing: " + name + "=");
    secret value(environment_variable(name.c_str()));
    require_clean(name.c_str(), value.reveal());
    return value;
}

oauth1::access_token required_token()
{
    auto token = token_from_environment();
    if (!token)
        throw error(errc::invalid_argument, "there is no access token")
            .with_hint("set COAUTH_TOKEN and COAUTH_TOKEN_SECRET to a user's token");
    return *std::move(token);
}

} // namespace

oauth1::consumer consumer_from_environment()
{
    const std::string key = environment_variable("COAUTH_CONSUMER_KEY");
    if (key.empty())
        throw error(errc::invalid_argument, "there is no consumer key")
            .with_hint("set COAUTH_CONSUMER_KEY and COAUTH_CONSUMER_SECRET to your app's keys");
    require_clean("COAUTH_CONSUMER_KEY", key);
    return oauth1::consumer(key, required_secret("COAUTH_CONSUMER_SECRET", "COAUTH_CONSUMER_KEY"));
}

std::optional<oauth1::access_token> token_from_environment()
{
    const std::string token = environment_variable("COAUTH_TOKEN");
    const char* const token_secret = std::getenv("COAUTH_TOKEN_SECRET");
    if (token.empty() && (!token_secret || *token_secret == '\0'))
        return std::nullopt;
    if (token.empty())
        throw error(errc::invalid_argument, "COAUTH_TOKEN is not set, and COAUTH_TOKEN_SECRET is")
            .with_hint("set both to a user's token, or neither");
    require_clean("COAUTH_TOKEN", token);
    return oauth1::access_token(token, required_secret("COAUTH_TOKEN_SECRET", "COAUTH_TOKEN"));
}

client client_from_environment(asio::any_io_executor executor)
{
    client_options options;
    if (const std::string base = environment_variable("COAUTH_PROVIDER"); !base.empty())
        options.endpoints = endpoints(base);
    auto transport = http::pool_from_environment(std::move(executor));
    return client(std::move(transport), consumer_from_environment(), std::move(options));
}

asio::awaitable<client> client_from_environment()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    co_return client_from_environment(executor);
}

credential credential_from_environment()
{
    return credential_of(required_token());
}

user_client user_client_from_environment(asio::any_io_executor executor)
{
    return client_from_environment(std::move(executor)).for_user(required_token());
}

asio::awaitable<user_client> user_client_from_environment()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    co_return user_client_from_environment(executor);
}

} // namespace coauth::twitter
