#include "http/connection.hpp"

#include "http/host.hpp"

#include <coauth/secret.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Sets the name that the certificate must have. OpenSSL then verifies name and chain together.
bool require_identity(SSL* tls, const std::string& host)
{
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls);
    X509_VERIFY_PARAM_set_hostflags(
        parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_ip_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    // RFC 6066, section 3: SNI is for names only.
    return X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1 &&
           SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str())) == 1;
}

} // namespace

connection::connection(const executor_type& executor, std::shared_ptr<asio::ssl::context> tls, std::size_t buffer_size)
    : context_(std::move(tls)), socket_(executor), buffer_(buffer_size)
{}

connection::~connection()
{
    // OpenSSL takes a session without a shutdown for broken. Not earlier: an operation in progress would
    // see a shutdown by the peer.
    if (tls_)
        SSL_set_shutdown(tls(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    close();
}

asio::awaitable<error_code> connection::connect(asio::ip::tcp::endpoint peer)
{
    close();
    auto [failure] = co_await socket_.async_connect(peer, with_error);
    if (!failure) {
        error_code ignored; // slower without it, and usable
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    co_return failure;
}

asio::awaitable<error_code> connection::handshake(origin to, std::shared_ptr<tls_sessions> sessions)
{
    tls_.emplace(socket_, *context_);
    SSL* const tls = this->tls();
    // Asio has OpenSSL free its buffers, 34 KB, whenever a connection is silent, and allocate them for each exchange.
    SSL_clear_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    if (!require_identity(tls, to.host))
        co_return make_error_code(asio::error::invalid_argument);
    if (sessions) {
        resumption_.emplace(std::move(sessions), std::move(to));
        resumption_->attach(tls);
    }
    auto [failure] = co_await tls_->async_handshake(asio::ssl::stream_base::client, with_error);
    if (resumption_)
        resumption_->handshake_ended(tls, !failure);
    co_return failure;
}

// Null before TLS. Asio's accessor is not const.
SSL* connection::tls() const noexcept
{
    return tls_ ? const_cast<tls_stream&>(*tls_).native_handle() : nullptr;
}

bool connection::resumed() const noexcept
{
    return tls_ && SSL_session_reused(tls()) == 1;
}

long connection::certificate_verdict() const noexcept
{
    return tls_ ? SSL_get_verify_result(tls()) : X509_V_OK;
}

// A text of usual length is kept, a large body is not.
void connection::wipe_text() noexcept
{
    constexpr std::size_t most_kept = 16 * 1024;
    wipe(text_);
    if (text_.capacity() > most_kept)
        text_ = std::string();
}

bool connection::tls_bytes_left() const noexcept
{
    return tls_ &&
           (SSL_pending(tls()) != 0 || SSL_has_pending(tls()) != 0 || BIO_ctrl_pending(SSL_get_rbio(tls())) != 0);
}

// One system call. Asio's `receive` would make a second one each time, to set a mode that the socket has.
bool connection::is_quiet() noexcept
{
    char octet = 0;
    const auto received = ::recv(socket_.native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    return received == -1 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::close() noexcept
{
    error_code ignored;
    socket_.close(ignored);
}

} // namespace coauth::http
