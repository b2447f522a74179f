// The connections to the provider's pages, which all users share.
#pragma once

#include "login_load/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace login_load {

/// A fixed number of kept-alive connections. The users' own networks are not measured, so a few serve
/// all; an exchange that finds none free waits, and that does not count against its time limit.
///
/// Thread safety: not safe. Lifetime: outlives its exchanges.
class provider_connections {
public:
    /// Throws `boost::system::system_error` for a CA file that can't be read.
    provider_connections(
        const boost::asio::any_io_executor& executor, const std::string& ca_file, std::size_t connections);

    boost::asio::awaitable<response> exchange(request next, clock::duration patience);

private:
    // A slot may be empty: its connection is made when it is needed.
    using slot = std::unique_ptr<connection>;

    boost::asio::ssl::context tls_;
    boost::asio::experimental::channel<void(boost::system::error_code, slot)> free_;
};

} // namespace login_load
