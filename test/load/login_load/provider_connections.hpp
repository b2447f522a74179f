// The way to the provider's pages, which all people share.
#pragma once

#include "login_crowd/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace login_crowd {

/// A fixed number of kept-alive connections. People's own networks are not what is measured, so a few
/// serve all; who finds none free waits, and that is not counted against anybody's patience.
///
/// Thread safety: not safe. Lifetime: outlives who uses it.
class provider_door {
public:
    /// Throws `boost::system::system_error` for a CA file that can't be read.
    provider_door(const boost::asio::any_io_executor& executor, const std::string& ca_file, std::size_t connections);

    boost::asio::awaitable<answer> exchange(request what, clock::duration patience);

private:
    // A place may be empty: its connection is made when it is needed.
    using place = std::unique_ptr<connection>;

    boost::asio::ssl::context tls_;
    boost::asio::experimental::channel<void(boost::system::error_code, place)> free_;
};

} // namespace login_crowd
