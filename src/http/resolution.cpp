#include "http/resolution.hpp"

#include "http/bell.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace coauth::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Shared by the one who asks and the resolver, which may answer long after nobody waits.
struct lookup {
    explicit lookup(const asio::any_io_executor& strand) : resolver(strand), answered(std::make_shared<bell>(strand)) {}

    tcp::resolver resolver;
    std::shared_ptr<bell> answered;
    boost::system::error_code failed;
    std::vector<tcp::endpoint> found;
};

void start(const std::shared_ptr<lookup>& l, const std::string& host, std::uint16_t port)
{
    // The handler runs on the strand: it is the resolver's own executor.
    l->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
        [l](const boost::system::error_code& ec, const tcp::resolver::results_type& results) {
            l->failed = ec;
            for (const auto& r : results)
                l->found.push_back(r.endpoint());
            l->answered->ring();
        });
}

} // namespace

asio::awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port, limit until)
{
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address)
        co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));

    auto strand = co_await asio::this_coro::executor;
    const auto l = std::make_shared<lookup>(strand);
    start(l, host, port);
    co_await l->answered->wait(until.at());
    if (!l->answered->rung()) {
        l->resolver.cancel(); // takes it out of the queue, if it has not begun
        throw until.exceeded("looking up " + host);
    }
    if (l->failed || l->found.empty())
        throw error(errc::resolve_failed, "the host " + host + " has no address: " + l->failed.message())
            .with_hint("check the name and this machine's network");
    co_return std::move(l->found);
}

} // namespace coauth::http
