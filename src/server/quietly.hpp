// A completion token for coroutines that look at each error themselves.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace coauth::server {

/// `auto [failure, ...] = co_await op(quietly)`: nothing is thrown.
inline constexpr auto quietly = boost::asio::as_tuple(boost::asio::use_awaitable);

} // namespace coauth::server
