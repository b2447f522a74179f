#include "server/tls_context.hpp"

#include <boost/asio/buffer.hpp>

#include <openssl/ssl.h>

namespace coauth::server {

namespace asio = boost::asio;

namespace {

void check(boost::system::error_code failure, const char* problem)
{
    if (failure)
        throw error(errc::invalid_argument, problem).with_hint("give PEM text: the certificate first, then its chain");
}

} // namespace

asio::ssl::context make_tls_context(const tls_identity& identity)
{
    asio::ssl::context context(asio::ssl::context::tls_server);
    SSL_CTX* native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // Clients resume by ticket, so no cache is needed.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);

    boost::system::error_code failure;
    // Without this OpenSSL would ask for the password of an encrypted key on the terminal.
    context.set_password_callback(
        [](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, failure);
    context.use_certificate_chain(asio::buffer(identity.certificate), failure);
    check(failure, "the certificate of the server can't be read");
    context.use_private_key(asio::buffer(identity.private_key), asio::ssl::context::pem, failure);
    check(failure, "the private key of the server can't be read, or is not the certificate's");
    return context;
}

} // namespace coauth::server
