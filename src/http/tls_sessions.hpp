// TLS sessions of a pool, for connections that are made later: a resumed handshake costs a third of a full one.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/http/origin.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::http {

/// A session that a server lets this client resume, and how long the verification of that server's certificate counts.
struct tls_session {
    struct release {
        void operator()(SSL_SESSION* session) const noexcept;
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

    using key = std::pair<std::string, std::uint16_t>; // sessions are of https

    static key key_of(const origin& to) { return {to.host, to.port}; }

    const std::size_t max_per_origin_;
    const std::shared_ptr<const clock> clock_;
    std::mutex mutex_;
    std::map<key, entry> origins_;
};

} // namespace coauth::http
