#include "text/environment_variable.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/http/pool_from_environment.hpp>

#include <boost/asio/this_coro.hpp>

#include <string>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

std::shared_ptr<transport> pool_from_environment(asio::any_io_executor executor)
{
    pool_options pool;
    pool.proxy = text::environment_variable("COAUTH_PROXY");
    if (std::string file = text::environment_variable("COAUTH_CA_FILE"); !file.empty())
        pool.trust = tls_trust::ca_file(std::move(file));
    return std::make_shared<connection_pool>(std::move(executor), std::move(pool));
}

asio::awaitable<std::shared_ptr<transport>> pool_from_environment()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    co_return pool_from_environment(executor);
}

} // namespace coauth::http
