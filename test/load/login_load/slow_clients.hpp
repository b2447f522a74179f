// Connections that cost a server something without a login: idle ones, and ones that are slow on
// purpose.
#pragma once

#include "login_load/exchange.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <cstddef>

namespace login_load {

enum class manner {
    idle,        ///< Sends one request, gets its response, and stays silent.
    slow_header, ///< Sends a header, a byte every half second.
    slow_body,   ///< Sends a form in the same way.
    never_reads, ///< Sends request after request, and does not read.
};

inline constexpr std::size_t manners = 4;

struct slow_client_options {
    slow_client_options() = default;

    origin site;
    std::size_t idle = 0;
    std::size_t slow = 0;         ///< Of each slow manner.
    std::size_t per_address = 50; ///< Connections from one address.
};

/// Thread safety: not safe. Lifetime: outlives its coroutines, but not the context.
class slow_clients {
public:
    slow_clients(const boost::asio::any_io_executor& executor, slow_client_options options);

    /// Opens one connection after the other and keeps each open; run this several times at once.
    boost::asio::awaitable<void> run();

    /// When every connection was opened. When the server has closed every connection.
    boost::asio::awaitable<void> opened_all();
    boost::asio::awaitable<void> closed_all();

    /// How many of each behaviour were accepted, and of these, how many the server closed.
    boost::json::object opened() const;
    boost::json::object closed() const;

private:
    struct count {
        std::size_t opened = 0;
        std::size_t closed = 0;
    };

    std::size_t expected() const noexcept { return options_.idle + 3 * options_.slow; }

    boost::asio::awaitable<void> open(std::size_t number);
    // Ends when the server closes the connection.
    boost::asio::awaitable<void> stay(manner behaviour, boost::asio::ip::tcp::socket socket);
    count& of(manner behaviour) { return counts_[static_cast<std::size_t>(behaviour)]; }

    slow_client_options options_;
    std::size_t begun_ = 0;
    std::size_t settled_ = 0; // came, and have a connection or none
    std::size_t open_ = 0;    // connections now
    boost::asio::steady_timer change_;
    std::array<count, manners> counts_{};
};

} // namespace login_load
