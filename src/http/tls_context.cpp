#include "http/tls_context.hpp"

#include "http/tls_sessions.hpp"

#include <coauth/system_failure.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <utility>

namespace coauth::http {

namespace ssl = boost::asio::ssl;

namespace {

// OpenSSL's own function for the defaults reads the environment first. These are the paths it was built
// with; one of them may be missing.
void trust_system_authorities(SSL_CTX* context)
{
    SSL_CTX_load_verify_file(context, X509_get_default_cert_file());
    SSL_CTX_load_verify_dir(context, X509_get_default_cert_dir());
    ERR_clear_error();
}

// Why the operating system did not let OpenSSL open a file, if that was it. Empties OpenSSL's queue.
boost::system::error_code take_system_reason()
{
    boost::system::error_code reason;
    while (const unsigned long next = ERR_get_error())
        if (ERR_SYSTEM_ERROR(next) && !reason)
            reason.assign(ERR_GET_REASON(next), boost::system::system_category());
    return reason;
}

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

tls_trust tls_trust::ca_file(std::string path)
{
    tls_trust trust;
    trust.file_ = std::move(path);
    return trust;
}

std::shared_ptr<ssl::context> make_tls_context(const tls_trust& trust)
{
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX* native = context->native_handle();

    // A system's configuration may require more than 1.2, never allow less.
    const auto least = static_cast<int>(SSL_CTX_get_min_proto_version(native));
    SSL_CTX_set_min_proto_version(native, std::max<int>(TLS1_2_VERSION, least));
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    tls_resumption::enable(native);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);

    if (trust.file().empty()) {
        trust_system_authorities(native);
    } else if (SSL_CTX_load_verify_file(native, trust.file().c_str()) != 1) {
        const boost::system::error_code reason = take_system_reason();
        const std::string_view hint = shortage_hint(reason);
        throw error(errc::invalid_argument,
            "the CA file can't be used: " + trust.file() + (reason ? ": " + reason.message() : std::string()))
            .with_hint(std::string(hint.empty() ? "it must be readable and hold certificates in PEM form" : hint));
    }
    // The only authorities, even if a configuration file names others.
    SSL_CTX_set1_verify_cert_store(native, SSL_CTX_get_cert_store(native));
    return context;
}

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
