// What the calls of a pool share.
#pragma once

#include "http/address_cache.hpp"
#include "http/call_deadlines.hpp"
#include "http/call_strands.hpp"
#include "http/shared_pool.hpp"
#include "http/tls_sessions.hpp"

#include <coauth/http/connection_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>

namespace coauth::http {

/// Thread safety: safe.
struct pool_setup {
    /// Throws as `connection_pool` does.
    pool_setup(boost::asio::any_io_executor executor, pool_options options);

    const boost::asio::any_io_executor executor;
    const pool_options options;
    const std::shared_ptr<boost::asio::ssl::context> tls;
    const std::shared_ptr<http::tls_sessions> tls_sessions; ///< Empty: TLS sessions are not resumed.
    const std::optional<origin> proxy;
    const std::shared_ptr<shared_pool> pool;
    const std::shared_ptr<call_deadlines> deadlines;
    call_strands strands;
    address_cache addresses;
};

} // namespace coauth::http
