// Connections that cost a server something and bring nobody in: idle ones, and ones that are slow on
// purpose.
#pragma once

#include "login_crowd/exchange.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <cstddef>

namespace login_crowd {

enum class manner {
    idle,        ///< Asks once, is answered, and stays silent.
    slow_header, ///< Sends a header, a byte every half second.
    slow_body,   ///< Sends a form in the same way.
    never_reads, ///< Asks again and again, and does not listen.
};

inline constexpr std::size_t manners = 4;

struct strangers_options {
    strangers_options() = default;

    origin site;
    std::size_t idle = 0;
    std::size_t slow = 0;         ///< Of each slow manner.
    std::size_t per_address = 50; ///< Connections from one address.
};

/// Thread safety: not safe. Lifetime: outlives its coroutines, but not the context.
class strangers {
public:
    strangers(const boost::asio::any_io_executor& executor, strangers_options options);

    /// One after the other opens a connection, which then lives on; run this several times at once.
    boost::asio::awaitable<void> come();

    /// When everybody came. When the server has closed every connection.
    boost::asio::awaitable<void> opened_all();
    boost::asio::awaitable<void> closed_all();

    /// How many of each manner got through the door, and of these, how many the server closed.
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
    boost::asio::awaitable<void> stay(manner how, boost::asio::ip::tcp::socket socket);
    count& of(manner how) { return counts_[static_cast<std::size_t>(how)]; }

    strangers_options options_;
    std::size_t came_ = 0;
    std::size_t settled_ = 0; // came, and have a connection or none
    std::size_t living_ = 0;  // connections now
    boost::asio::steady_timer change_;
    std::array<count, manners> counts_{};
};

} // namespace login_crowd
