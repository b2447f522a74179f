#include "login_load/provider_connections.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace login_load {

namespace asio = boost::asio;

provider_connections::provider_connections(
    const asio::any_io_executor& executor, const std::string& ca_file, std::size_t connections)
    : tls_(asio::ssl::context::tls_client), free_(executor, connections)
{
    tls_.set_verify_mode(asio::ssl::verify_peer);
    if (!ca_file.empty())
        tls_.load_verify_file(ca_file);
    for (std::size_t i = 0; i < connections; ++i)
        free_.try_send(boost::system::error_code(), slot());
}

asio::awaitable<response> provider_connections::exchange(request next, clock::duration patience)
{
    slot taken = co_await free_.async_receive(asio::use_awaitable);
    response result;
    try {
        if (!taken || !taken->usable())
            taken = co_await connect(next.server, std::nullopt, &tls_, patience);
        result = co_await taken->exchange(std::move(next), patience);
    } catch (const boost::system::system_error& e) {
        taken.reset();
        result.kind = ending::refused;
        result.why = e.what();
    }
    if (taken && !taken->usable())
        taken.reset();
    free_.try_send(boost::system::error_code(), std::move(taken));
    co_return result;
}

} // namespace login_load
