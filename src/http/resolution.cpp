#include "http/resolution.hpp"

#include <coauth/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <new>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Shared by the coroutine and the resolver, which may respond long after the coroutine has gone.
struct address_lookup {
    address_lookup(const asio::any_io_executor& strand, std::shared_ptr<one_shot> end)
        : resolver(strand), end(std::move(end))
    {}

    tcp::resolver resolver;
    std::shared_ptr<one_shot> end;
    bool completed = false;
    boost::system::error_code failure;
    std::vector<tcp::endpoint> endpoints;
};

void start(const std::shared_ptr<address_lookup>& lookup, const std::string& host, std::uint16_t port)
{
    // The handler runs on the strand: it is the resolver's own executor.
    lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
        [lookup](const boost::system::error_code& failure, const tcp::resolver::results_type& results) {
            lookup->completed = true;
            lookup->failure = failure;
            try {
                for (const auto& result : results)
                    lookup->endpoints.push_back(result.endpoint());
                lookup->end->fire();
            } catch (const std::bad_alloc&) {
                // The coroutine waits until its deadline.
            }
        });
}

} // namespace

asio::awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port, std::shared_ptr<one_shot> end)
{
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address)
        co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));

    auto strand = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<address_lookup>(strand, std::move(end));
    start(lookup, host, port);
    co_await lookup->end->wait();
    if (!lookup->completed) {
        lookup->resolver.cancel(); // removes it from the queue, if it has not begun
        throw error(errc::cancelled);
    }
    if (lookup->failure || lookup->endpoints.empty())
        throw error(errc::resolve_failed, "the host " + host + " has no address: " + lookup->failure.message())
            .with_hint("check the name and this machine's network");
    co_return std::move(lookup->endpoints);
}

} // namespace coauth::http
