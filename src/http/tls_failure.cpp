#include "http/tls_failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace coauth::http {

namespace {

const char* hint_for(long verdict) noexcept
{
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "the certificate is for another name: check the provider's URL; if that is right, the connection may be "
               "intercepted";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return "it was not issued by a trusted authority: install the system's certificates (ca-certificates), "
               "or name the CA file of a provider of your own";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the certificate is not valid at this time: check this machine's clock";
    default:
        return "the provider must replace its certificate; verification can't be turned off";
    }
}

bool is_disconnect(const boost::system::error_code& ec) noexcept
{
    namespace e = boost::asio::error;
    return ec == e::eof || ec == e::connection_reset || ec == e::broken_pipe || ec == e::connection_aborted ||
           ec == boost::asio::ssl::error::stream_truncated;
}

} // namespace

error tls_failure(const std::string& host, const boost::system::error_code& failure, long verdict)
{
    if (verdict != X509_V_OK)
        return error(
            errc::tls_failed, "the certificate of " + host + " is refused: " + X509_verify_cert_error_string(verdict))
            .with_hint(hint_for(verdict));
    if (is_disconnect(failure))
        return error(errc::connection_lost, "the connection to " + host + " broke during the TLS handshake");
    return error(errc::tls_failed, "the TLS handshake with " + host + " failed: " + failure.message())
        .with_hint("the server may not speak TLS on this port, or not TLS 1.2 or later");
}

} // namespace coauth::http
