// A connection pool in one line, from environment variables.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace coauth::http {

/// A pool that reads COAUTH_CA_FILE, a PEM file with the only authorities to trust (default: the system's), and
/// COAUTH_PROXY, an HTTP proxy. Throws `errc::invalid_argument` for what can't be used.
COAUTH_DECL std::shared_ptr<transport> pool_from_environment(boost::asio::any_io_executor executor);

/// The same on the executor of the coroutine that awaits it.
COAUTH_DECL boost::asio::awaitable<std::shared_ptr<transport>> pool_from_environment();

} // namespace coauth::http
