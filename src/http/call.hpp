// One `send`, from its place in the queue to its answer.
#pragma once

#include "http/places.hpp"

#include <coauth/http/connection_pool.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>

namespace coauth::http {

/// What all calls of a pool share and none changes.
struct pool_setup {
    pool_setup(boost::asio::any_io_executor e, pool_options o) : executor(std::move(e)), options(std::move(o)) {}

    boost::asio::any_io_executor executor;
    pool_options options;
    std::shared_ptr<boost::asio::ssl::context> tls;
    std::optional<origin> proxy;
};

/// Sends `what`, which was checked. Runs on a strand of its own, so that timers and sockets of one
/// call never meet; any kind of cancellation ends it with `errc::cancelled`.
boost::asio::awaitable<response> call(
    std::shared_ptr<const pool_setup> setup, std::shared_ptr<places> pool, request what);

} // namespace coauth::http
