#include "server/address_block.hpp"
#include "server/connection.hpp"
#include "server/quietly.hpp"

#include <coauth/coro/call_on.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <new>
#include <thread>
#include <unordered_map>

namespace coauth::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

// How long the acceptor rests when the process or the kernel has run out of something.
constexpr milliseconds accept_pause(50);

constexpr int accepts_a_turn = 64;

constexpr milliseconds longest_grace = std::chrono::hours(24);

void check(const server_options& options)
{
    if (options.read_timeout.count() <= 0 || options.idle_timeout.count() <= 0 || options.write_timeout.count() <= 0)
        throw error(errc::invalid_argument, "a timeout of the server is not positive");
    if (options.answer_timeout.count() < 0)
        throw error(errc::invalid_argument, "answer_timeout is negative");
    if (options.max_header < 256)
        throw error(errc::invalid_argument, "max_header leaves no room for a request");
    if (options.max_connections == 0)
        throw error(errc::invalid_argument, "max_connections is 0");
}

tcp::endpoint endpoint_of(const server_options& options)
{
    error_code failure;
    const auto address = asio::ip::make_address(options.address, failure);
    if (failure)
        throw error(errc::invalid_argument, "the address to listen on is not an IP address: " + options.address)
            .with_hint("use 127.0.0.1 or ::1 for this machine alone");
    return tcp::endpoint(address, options.port);
}

void listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint)
{
    error_code failure;
    acceptor.open(endpoint.protocol(), failure);
    if (!failure && endpoint.address().is_v6())
        acceptor.set_option(asio::ip::v6_only(true), failure);
    if (!failure)
        acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure)
        acceptor.bind(endpoint, failure);
    if (!failure)
        acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure)
        acceptor.non_blocking(true, failure);
    if (!failure)
        return;
    const std::string_view hint = shortage_hint(failure);
    throw error(errc::invalid_argument, "can't listen on " + endpoint.address().to_string() + " port " +
                                            std::to_string(endpoint.port()) + ": " + failure.message())
        .with_hint(
            std::string(hint.empty() ? "choose another address or port, or end the program that listens there" : hint));
}

bool out_of_descriptors(const error_code& failure)
{
    using namespace boost::system::errc;
    return failure == too_many_files_open || failure == too_many_files_open_in_system;
}

} // namespace

response::response(int status, std::string content_type, std::string body) : status(status), body(std::move(body))
{
    headers.add("Content-Type", std::move(content_type));
}

// Everything after the constructor happens on the strand, so nothing here is locked but the table.
class http_server::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor executor, server_options options, handler answer)
        : executor_(std::move(executor)), strand_(asio::make_strand(executor_)), acceptor_(strand_), pause_(strand_),
          all_ended_(strand_, asio::steady_timer::time_point::max())
    {
        check(options);
        service_ = std::make_shared<service>(std::move(options), std::move(answer));
        listen(acceptor_, endpoint_of(service_->options));
        port_ = acceptor_.local_endpoint().port();
    }

    asio::any_io_executor strand() const { return strand_; }
    std::uint16_t port() const noexcept { return port_; }

    std::string url() const
    {
        const std::string& address = service_->options.address;
        const std::string host = address.find(':') == std::string::npos ? address : '[' + address + ']';
        return (service_->tls ? "https://" : "http://") + host + ':' + std::to_string(port_);
    }

    server_stats stats() const
    {
        server_stats out = service_->table.stats();
        out.answered = service_->answered;
        return out;
    }

    static asio::awaitable<void> accept(std::shared_ptr<state> self)
    {
        const accepting ends(self);
        while (self->acceptor_.is_open()) {
            auto [failure] = co_await self->acceptor_.async_wait(tcp::acceptor::wait_read, quietly);
            if (!failure)
                failure = self->accept_waiting();
            if (!failure || !self->acceptor_.is_open())
                continue;
            // Most likely out of file descriptors or memory: accepting again at once would fail again.
            try {
                if (out_of_descriptors(failure))
                    self->evict();
                self->pause_.expires_after(accept_pause);
                co_await self->pause_.async_wait(quietly);
            } catch (const std::bad_alloc&) {
                std::this_thread::sleep_for(milliseconds(1)); // for the timer, too
            }
        }
    }

    // Stops listening; connections that the kernel has accepted are still served. No more than its queue holds: where each
    // is refused at once, others could arrive without end.
    void drain()
    {
        ending_ = std::max(ending_, urgency::drain);
        int most = asio::socket_base::max_listen_connections + 1;
        while (most-- > 0 && acceptor_.is_open() && service_->table.has_room() && !accept_next()) {}
        end(urgency::drain);
    }

    void end(urgency urgency)
    {
        ending_ = std::max(ending_, urgency);
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        for (const auto& each : connections_)
            hurry(each.second, urgency);
    }

    static asio::awaitable<void> close(std::shared_ptr<state> self, milliseconds grace)
    {
        asio::steady_timer cut_timer(self->strand_, std::clamp(grace, milliseconds(0), longest_grace));
        cut_timer.async_wait([self](error_code failure) {
            if (!failure)
                self->end(urgency::cut);
        });
        self->drain();
        while (self->accepting_ || !self->connections_.empty())
            co_await self->all_ended_.async_wait(quietly);
    }

private:
    // Exists while the acceptor's coroutine runs: on every way out it notifies a close that waits.
    class accepting {
    public:
        explicit accepting(std::shared_ptr<state> owner) : owner_(std::move(owner)) {}
        ~accepting()
        {
            owner_->accepting_ = false;
            owner_->all_ended_.cancel();
        }
        accepting(const accepting&) = delete;
        accepting& operator=(const accepting&) = delete;

    private:
        const std::shared_ptr<state> owner_;
    };

    // Takes a connection from the kernel's queue; `would_block`: none is there. Not by async_accept: that allocates while
    // it completes, and where this fails the coroutine that awaits it is destroyed and the exception leaves
    // io_context::run.
    error_code accept_next()
    {
        try {
            tcp::socket socket(asio::make_strand(executor_));
            error_code failure;
            acceptor_.accept(socket, failure);
            if (!failure)
                start(std::move(socket));
            return failure == asio::error::connection_aborted ? error_code() : failure;
        } catch (const std::bad_alloc&) {
            return asio::error::no_memory;
        }
    }

    // Accepts those that have come, up to a limit for each turn. Returns why the first was not accepted. Of a later one
    // that does not show that any has come: the kernel looks for a free descriptor first.
    error_code accept_waiting()
    {
        const error_code first = accept_next();
        error_code failure = first;
        for (int turn = 1; turn < accepts_a_turn && !failure; ++turn)
            failure = accept_next();
        return first == asio::error::would_block ? error_code() : first;
    }

    // Closes the connection that has been idle longest: the next one gets its descriptor.
    void evict()
    {
        const connection_table::id oldest = service_->table.evict();
        if (oldest != 0)
            hurry(connections_.at(oldest), urgency::drain);
    }

    void start(tcp::socket socket)
    {
        error_code gone;
        const auto peer = socket.remote_endpoint(gone);
        if (gone)
            return;
        connection_table::decision decision;
        try {
            decision = service_->table.admit(address_block(peer.address()));
            if (decision.evicted != 0)
                hurry(connections_.at(decision.evicted), urgency::drain);
            if (decision.admitted != 0)
                serve(std::move(socket), decision.admitted);
        } catch (const std::exception&) {
            // Out of memory: this client is dropped, the others are served.
            ended(decision.admitted);
        }
    }

    void serve(tcp::socket socket, connection_table::id id)
    {
        const auto next = make_connection(std::move(socket), service_, id);
        connections_.emplace(id, next);
        auto when_ended = [self = shared_from_this(), id](std::exception_ptr) { self->ended(id); };
        asio::co_spawn(next->executor(), next->run(),
            asio::bind_cancellation_slot(next->slot(), asio::bind_executor(strand_, std::move(when_ended))));
        // Accepted when the server was ending already.
        if (ending_ != urgency::none)
            hurry(next, ending_);
    }

    static void hurry(const std::shared_ptr<connection>& connection, urgency urgency)
    {
        asio::post(connection->executor(), [connection, urgency] { connection->end(urgency); });
    }

    void ended(connection_table::id id)
    {
        connections_.erase(id);
        service_->table.remove(id);
        pause_.cancel(); // its descriptor is free
        if (connections_.empty())
            all_ended_.cancel();
    }

    asio::any_io_executor executor_;
    asio::any_io_executor strand_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    asio::steady_timer all_ended_; // never expires; cancelled when there may be nothing left
    std::shared_ptr<service> service_;
    std::unordered_map<connection_table::id, std::shared_ptr<connection>> connections_;
    urgency ending_ = urgency::none;
    bool accepting_ = true; // the acceptor's coroutine has not ended
    std::uint16_t port_ = 0;
};

http_server::http_server(asio::any_io_executor executor, server_options options, handler answer)
    : state_(typed_failures("starting the HTTP server",
          [&] { return std::make_shared<state>(std::move(executor), std::move(options), std::move(answer)); }))
{
    asio::co_spawn(state_->strand(), state::accept(state_), asio::detached);
}

http_server::~http_server()
{
    asio::post(state_->strand(), [self = state_] { self->end(urgency::stop); });
}

std::uint16_t http_server::port() const noexcept
{
    return state_->port();
}

std::string http_server::url() const
{
    return state_->url();
}

server_stats http_server::stats() const
{
    return state_->stats();
}

asio::awaitable<void> http_server::close(milliseconds grace)
{
    const std::shared_ptr<state> self = state_;
    co_await call_on(self->strand(), state::close(self, grace));
}

} // namespace coauth::server
