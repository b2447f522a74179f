#include <coauth/identity/login_provider.hpp>

#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

error not_supported(const char* operation)
{
    return error(errc::invalid_argument, std::string("this provider has no ") + operation);
}

} // namespace

login_provider::~login_provider() = default;

asio::awaitable<credential> login_provider::renew(credential)
{
    throw not_supported("renewal of credentials");
}

credential login_provider::carry_over(credential received, const credential&) const
{
    return received;
}

asio::awaitable<void> login_provider::revoke(credential)
{
    co_return;
}

asio::awaitable<void> login_provider::discard(credential received)
{
    return revoke(std::move(received));
}

asio::awaitable<device_prompt> login_provider::begin_device(login_request)
{
    throw not_supported("logins on another device");
}

asio::awaitable<finished_login> login_provider::finish_device(device_prompt)
{
    throw not_supported("logins on another device");
}

} // namespace coauth
