// TLS sessions of a pool, for connections that are made later: a resumed handshake costs a third of a full one.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/http/origin.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coauth::http {

/// A session that a server lets this client resume, and how long the verification of that server's certificate counts.
struct tls_session {
    struct release {
        void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
    };
    using pointer = std::unique_ptr<SSL_SESSION, release>;

    tls_session() = default;

    pointer handle;
    std::chrono::steady_clock::time_point verified{}; ///< The full handshake, however often it was resumed since.
    std::chrono::sys_seconds certificate_end{};       ///< The first end among the certificates of its chain.
};

/// The sessions by the host and port whose certificate was verified: proxy and trust are the same for a whole pool. A
/// session is taken once, so no ticket of TLS 1.3 is used twice (RFC 8446, section C.4).
///
/// Thread safety: safe.
class tls_sessions {
public:
    static constexpr std::size_t max_origins = 32;

    /// A resumed connection's sessions count from the full handshake, so the certificate is verified this often.
    static constexpr std::chrono::minutes max_age{60};

    /// `clock` is not null.
    tls_sessions(std::size_t max_per_origin, std::shared_ptr<const clock> clock);

    /// The newest that counts still.
    std::optional<tls_session> take(const origin& to);

    /// In place of the oldest of the origin, or of the origin that was kept longest ago, if there are too many.
    void keep(const origin& to, tls_session session);

    /// After a handshake that failed: none may be offered again.
    void remove(const origin& to);

    void clear();

    std::chrono::steady_clock::time_point now() const { return clock_->steady_now(); }

private:
    struct entry {
        entry() = default;

        std::vector<tls_session> sessions; // oldest first
        std::chrono::steady_clock::time_point kept_at{};
    };

    const std::size_t max_per_origin_;
    const std::shared_ptr<const clock> clock_;
    std::mutex mutex_;
    std::map<std::string, entry> origins_; // by URL
};

/// How one connection resumes a session, and keeps what it gets for later ones. Lives as long as the `SSL` that it is attached to.
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

    void handshake_ended(SSL* tls, bool succeeded);

private:
    static int ticket_received(SSL* tls, SSL_SESSION* session) noexcept;

    void keep(SSL* tls, tls_session::pointer session) noexcept;

    const std::shared_ptr<tls_sessions> sessions_;
    const origin to_;
    const std::chrono::steady_clock::time_point begun_;
    std::optional<tls_session> offered_;
};

} // namespace coauth::http
