#include "http/tls_context.hpp"

#include "http/tls_resumption.hpp"

#include <coauth/error.hpp>
#include <coauth/system_failure.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

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

} // namespace

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

} // namespace coauth::http
