// One connection of a client.
#pragma once

#include "server/connection_phase.hpp"
#include "server/connection_table.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>

namespace coauth::server {

/// The state that the connections of one server share.
struct service {
    service(server_options options, handler answer);

    const server_options options;
    const handler answer;
    std::optional<boost::asio::ssl::context> tls; ///< Empty: plain http.
    connection_table table;
    std::atomic<std::uint64_t> answered = 0;
};

/// A connection with its own strand. `run` and `end` are called on it.
class connection : public std::enable_shared_from_this<connection> {
public:
    virtual ~connection();

    /// Serves the client until either side ends it. Throws nothing.
    virtual boost::asio::awaitable<void> run() = 0;

    /// Makes `run` come to its end; a later call may only be more urgent.
    virtual void end(urgency urgency) = 0;

    virtual boost::asio::any_io_executor executor() = 0;

    /// `run` has to be spawned with this slot, which cancels a handler in progress.
    boost::asio::cancellation_slot slot() noexcept { return cut_.slot(); }

protected:
    boost::asio::cancellation_signal cut_;
};

/// `socket` runs on a strand of its own; `id` is its number in the table.
std::shared_ptr<connection> make_connection(
    boost::asio::ip::tcp::socket socket, std::shared_ptr<service> shared, connection_table::id id);

} // namespace coauth::server
