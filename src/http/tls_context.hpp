// What every TLS connection of a pool has in common.
#pragma once

#include <coauth/http/tls_trust.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace coauth::http {

/// A verifying client context. Throws `errc::invalid_argument` if the CA file can't be read.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_trust& trust);

} // namespace coauth::http
