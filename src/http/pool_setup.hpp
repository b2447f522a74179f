// What the calls of a pool share beside its connections.
#pragma once

#include "http/address_cache.hpp"
#include "http/call_deadlines.hpp"
#include "http/call_strands.hpp"
#include "http/tls_sessions.hpp"

#include <coauth/http/connection_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace coauth::http {

/// None changes the members; what they refer to is safe for any thread.
struct pool_setup {
    pool_setup(boost::asio::any_io_executor executor, pool_options options)
        : executor(std::move(executor)), options(std::move(options)),
          strands(std::make_shared<call_strands>(this->executor)),
          deadlines(std::make_shared<call_deadlines>(this->executor, this->options.clock))
    {}

    boost::asio::any_io_executor executor;
    pool_options options;
    std::shared_ptr<boost::asio::ssl::context> tls;
    const std::shared_ptr<address_cache> addresses = std::make_shared<address_cache>();
    const std::shared_ptr<call_strands> strands;
    const std::shared_ptr<call_deadlines> deadlines;
    std::shared_ptr<http::tls_sessions> tls_sessions; ///< Empty: TLS sessions are not resumed.
    std::optional<origin> proxy;
};

} // namespace coauth::http
