// Why a handshake failed, and what to do.
#pragma once

#include <coauth/error.hpp>

#include <string>

namespace coauth::http {

/// The error for a handshake with `host` that ended with `failure`. `verdict` is OpenSSL's on the
/// certificate (X509_V_OK if it found nothing wrong, or did not get as far).
error tls_failure(const std::string& host, const boost::system::error_code& failure, long verdict);

} // namespace coauth::http
