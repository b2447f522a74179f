// The server's side of TLS.
#pragma once

#include <coauth/server/http_server.hpp>

#include <boost/asio/ssl/context.hpp>

namespace coauth::server {

/// A context for TLS 1.2 and later that shows `identity`. Throws `errc::invalid_argument` for a
/// certificate or key that can't be read, and for two that don't belong together.
boost::asio::ssl::context make_tls_context(const tls_identity& identity);

} // namespace coauth::server
