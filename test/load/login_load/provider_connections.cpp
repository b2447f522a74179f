#include "login_crowd/provider_door.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace login_crowd {

namespace asio = boost::asio;

provider_door::provider_door(const asio::any_io_executor& executor, const std::string& ca_file, std::size_t connections)
    : tls_(asio::ssl::context::tls_client), free_(executor, connections)
{
    tls_.set_verify_mode(asio::ssl::verify_peer);
    if (!ca_file.empty())
        tls_.load_verify_file(ca_file);
    for (std::size_t i = 0; i < connections; ++i)
        free_.try_send(boost::system::error_code(), place());
}

asio::awaitable<answer> provider_door::exchange(request what, clock::duration patience)
{
    place taken = co_await free_.async_receive(asio::use_awaitable);
    answer result;
    try {
        if (!taken || !taken->usable())
            taken = co_await connect(what.where, std::nullopt, &tls_, patience);
        result = co_await taken->exchange(std::move(what), patience);
    } catch (const boost::system::system_error& e) {
        taken.reset();
        result.how = ending::refused;
        result.why = e.what();
    }
    if (taken && !taken->usable())
        taken.reset();
    free_.try_send(boost::system::error_code(), std::move(taken));
    co_return result;
}

} // namespace login_crowd
