// How one connection resumes a TLS session, and keeps what it gets for later ones.
#pragma once

#include "http/tls_sessions.hpp"

#include <coauth/http/origin.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>

namespace coauth::http {

/// Lives as long as the `SSL` that it is attached to.
///
/// Thread safety: none; OpenSSL calls it only within the calls of its connection.
class tls_resumption {
public:
    /// `sessions` is not null.
    tls_resumption(std::shared_ptr<tls_sessions> sessions, origin to);

    tls_resumption(const tls_resumption&) = delete;
    tls_resumption& operator=(const tls_resumption&) = delete;

    /// Prepares a context. Its connections may each have a `tls_resumption`.
    static void enable(SSL_CTX* context);

    /// Before the handshake: attaches it, and offers a session if there is one. Throws `std::bad_alloc`.
    void attach(SSL* tls);

    void handshake_succeeded(SSL* tls) noexcept;
    void handshake_failed();

private:
    static int ticket_received(SSL* tls, SSL_SESSION* session) noexcept;

    void keep(SSL* tls, tls_session::pointer session) noexcept;

    const std::shared_ptr<tls_sessions> sessions_;
    const origin to_;
    const std::chrono::steady_clock::time_point begun_;
    std::optional<tls_session> offered_;
};

} // namespace coauth::http
