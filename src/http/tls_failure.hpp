// Why a handshake failed, in words that help.
#pragma once

#include <coauth/error.hpp>

#include <string>

namespace coauth::http {

/// The error for a handshake with `host` that ended with `failed`. `verdict` is OpenSSL's on the
/// certificate (X509_V_OK if it got that far without complaint).
error tls_failure(const std::string& host, const boost::system::error_code& failed, long verdict);

} // namespace coauth::http
