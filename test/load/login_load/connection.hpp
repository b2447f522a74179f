// A connection over which requests go one after the other, plain or TLS.
#pragma once

#include "login_load/exchange.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>

namespace login_load {

class connection {
public:
    virtual ~connection() = default;

    /// Sends and waits for the whole response, for `patience` at most. What goes wrong is in the response.
    virtual boost::asio::awaitable<response> exchange(request next, clock::duration patience) = 0;

    /// False if the server closed it, or said that it will.
    virtual bool usable() = 0;
};

/// Connects, from `source` if given. With `tls`, verifies that the certificate is the host's. Throws
/// `boost::system::system_error`.
boost::asio::awaitable<std::unique_ptr<connection>> connect(origin server,
    std::optional<boost::asio::ip::address_v4> source, boost::asio::ssl::context* tls, clock::duration patience);

/// A socket bound to `source`, not connected yet. Throws `boost::system::system_error`.
boost::asio::ip::tcp::socket socket_from(
    const boost::asio::any_io_executor& executor, const boost::asio::ip::address_v4& source);

} // namespace login_load
