// What every TLS connection of a pool has in common, and why a handshake fails.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/tls_trust.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace coauth::http {

/// A verifying client context. Throws `errc::invalid_argument` if the CA file can't be read.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_trust& trust);

/// The error for a handshake with `host` that ended with `failure`. `verdict` is OpenSSL's on the
/// certificate (X509_V_OK if it found nothing wrong, or did not get as far).
error tls_failure(const std::string& host, const boost::system::error_code& failure, long verdict);

} // namespace coauth::http
