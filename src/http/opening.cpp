// How a call opens a connection: a coroutine, for its steps take milliseconds.
#include "http/host.hpp"
#include "http/http1/tunnel.hpp"
#include "http/resolution.hpp"
#include "http/running_call.hpp"
#include "http/tls_failure.hpp"

#include <coauth/coro/as_result.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace coauth::http {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> running_call::open()
{
    for (;;) {
        auto step = opening_step();
        if (!step.valid())
            co_return;
        set_deadline();
        try {
            co_await std::move(step);
        } catch (const boost::system::system_error&) {
            machine_->failed(error_from_current_exception(), false);
        }
    }
}

// Not valid if the machine wants none.
asio::awaitable<void> running_call::opening_step()
{
    using action = call_machine::action;
    switch (machine_->next()) {
    case action::resolve:
        return resolve_next_hop();
    case action::connect:
        return connect();
    case action::open_tunnel:
        return open_tunnel_to_origin();
    case action::handshake:
        return handshake();
    default:
        return {};
    }
}

asio::awaitable<void> running_call::resolve_next_hop()
{
    const auto size = reply_reader::buffer_size(rules());
    slot_->put(std::make_unique<connection>(setup_->executor, setup_->tls, size), now());
    const origin& next = machine_->next_hop();
    addresses_ = setup_->addresses->find(next, now());
    if (addresses_.empty()) {
        lookup_end_ = std::make_shared<one_shot>();
        addresses_ = co_await resolve(next.host, next.port, lookup_end_);
        lookup_end_.reset();
        keep_addresses(next);
    }
    // The name was found to be this machine's; its addresses must be, too.
    if (!request_.origin.https)
        std::erase_if(addresses_, [](const tcp::endpoint& e) { return !e.address().is_loopback(); });
    machine_->resolved(addresses_.size(), now());
}

void running_call::keep_addresses(const origin& next)
{
    if (is_ip_address(next.host))
        return;
    pool_->count(&pool_stats::resolved);
    setup_->addresses->keep(next, addresses_, now());
}

asio::awaitable<void> running_call::connect()
{
    const auto failure = co_await slot_->connection().connect(addresses_[machine_->address()]);
    machine_->connected(failure, now());
    if (machine_->next() == call_machine::action::end)
        setup_->addresses->remove(machine_->next_hop());
}

asio::awaitable<void> running_call::open_tunnel_to_origin()
{
    co_await open_tunnel(slot_->connection(), request_.origin, machine_->next_hop());
    machine_->tunnel_opened();
}

asio::awaitable<void> running_call::handshake()
{
    const auto failure = co_await slot_->connection().handshake(request_.origin, setup_->tls_sessions);
    if (failure) {
        setup_->addresses->remove(machine_->next_hop()); // another host's by now, perhaps
        throw tls_failure(request_.origin.authority(), failure, slot_->connection().certificate_verdict());
    }
    if (slot_->connection().resumed())
        pool_->count(&pool_stats::resumed);
    machine_->secured(now());
}

} // namespace coauth::http
