// How a call opens a connection: a coroutine, for its steps take milliseconds.
#include "http/http1/request_text.hpp"
#include "http/running_call.hpp"
#include "http/tls_context.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

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

// Throws `errc::cancelled` once `end` is fired: the system's resolver can't be interrupted, so it is left to end on its own.
asio::awaitable<std::vector<tcp::endpoint>> resolve(const origin& host, std::shared_ptr<one_shot> end)
{
    auto strand = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<address_lookup>(strand, std::move(end));
    // The handler runs on the strand: it is the resolver's own executor.
    lookup->resolver.async_resolve(host.host, std::to_string(host.port), tcp::resolver::numeric_service,
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
    co_await lookup->end->wait();
    if (!lookup->completed) {
        lookup->resolver.cancel(); // removes it from the queue, if it has not begun
        throw error(errc::cancelled);
    }
    if (lookup->failure || lookup->endpoints.empty())
        throw error(errc::resolve_failed, "the host " + host.host + " has no address: " + lookup->failure.message())
            .with_hint("check the name and this machine's network");
    co_return std::move(lookup->endpoints);
}

// The status of a proxy's response to CONNECT (RFC 9110, section 9.3.6).
asio::awaitable<int> tunnel_status(connection& connection, const origin& to)
{
    const std::string text = connect_text(to);
    auto [failure, written] = co_await connection.async_write(asio::buffer(text), with_error);
    reply_rules rules;
    rules.without_body = true;
    reply_reader reader(connection.buffer(), rules);
    while (!failure && !reader.done()) {
        const auto space = reader.space();
        auto [read_failure, size] = co_await connection.async_read_some(space, with_error);
        failure = read_failure;
        reader.received(size);
    }
    if (failure)
        throw error(errc::connect_failed, "it closed the connection: " + failure.message());
    // Octets before the handshake are the proxy's own, and would be taken for the server's.
    const int status = reader.take().status;
    if (status / 100 == 2 && reader.bytes_left())
        throw error(errc::connect_failed, "it sent more than its response");
    co_return status;
}

} // namespace

asio::awaitable<void> running_call::open()
{
    using action = call_machine::action;
    while (machine_->is_opening()) {
        set_deadline();
        const action next = machine_->next();
        try {
            if (next == action::resolve)
                co_await resolve_next_hop();
            else if (next == action::connect)
                co_await connect();
            else if (next == action::open_tunnel)
                co_await open_tunnel();
            else
                co_await handshake();
        } catch (const boost::system::system_error&) {
            machine_->failed(error_from_current_exception(), false);
        }
    }
}

asio::awaitable<void> running_call::resolve_next_hop()
{
    const auto size = reply_reader::buffer_size(rules());
    slot_->put(std::make_unique<connection>(setup_->executor, setup_->tls, size), now());
    const origin& next = machine_->next_hop();
    boost::system::error_code is_name;
    const auto address = asio::ip::make_address(next.host, is_name);
    addresses_ = is_name ? setup_->addresses.find(next, now()) : std::vector(1, tcp::endpoint(address, next.port));
    if (addresses_.empty()) {
        lookup_end_ = std::make_shared<one_shot>();
        addresses_ = co_await resolve(next, lookup_end_);
        lookup_end_.reset();
        setup_->pool->count(&pool_stats::resolved);
        setup_->addresses.keep(next, addresses_, now());
    }
    // The name was found to be this machine's; its addresses must be, too.
    if (!request_.origin.https)
        std::erase_if(addresses_, [](const tcp::endpoint& e) { return !e.address().is_loopback(); });
    machine_->resolved(addresses_.size(), now());
}

asio::awaitable<void> running_call::connect()
{
    const auto failure = co_await slot_->connection().connect(addresses_[machine_->address()]);
    machine_->connected(failure, now());
    if (machine_->next() == call_machine::action::end)
        setup_->addresses.remove(machine_->next_hop());
}

asio::awaitable<void> running_call::open_tunnel()
{
    const std::string proxy = "the proxy " + machine_->next_hop().authority();
    const auto status = co_await as_result(tunnel_status(slot_->connection(), request_.origin));
    if (!status)
        throw error(errc::connect_failed,
            proxy + " did not open a tunnel to " + request_.origin.authority() + ": " + status.error().message())
            .with_hint("check that the proxy's address is that of an HTTP proxy");
    if (*status / 100 != 2)
        throw error(errc::connect_failed, proxy + " refuses a tunnel to " + request_.origin.authority())
            .with_http_status(*status)
            .with_hint("the proxy must allow CONNECT to this host; proxies with a password are not supported");
    machine_->tunnel_opened();
}

asio::awaitable<void> running_call::handshake()
{
    const auto failure = co_await slot_->connection().handshake(request_.origin, setup_->tls_sessions);
    if (failure) {
        setup_->addresses.remove(machine_->next_hop()); // another host's by now, perhaps
        throw tls_failure(request_.origin.authority(), failure, slot_->connection().certificate_verdict());
    }
    if (slot_->connection().resumed())
        setup_->pool->count(&pool_stats::resumed);
    machine_->secured(now());
}

} // namespace coauth::http
