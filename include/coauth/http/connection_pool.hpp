// Kept-alive, verified connections, shared by all requests.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/http/tls_trust.hpp>
#include <coauth/http/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace coauth::http {

/// Options of `connection_pool`. Every duration is positive and at most 30 days.
struct pool_options {
    pool_options() = default;

    tls_trust trust;

    /// The most connections to one origin, busy and idle. Further requests wait, and are served in order. Default 16, at least 1.
    std::size_t max_connections_per_origin = 16;

    /// An idle connection is not used again after this long, and closed at the pool's next request: no
    /// timer runs for it, so an idle pool keeps no context busy. Default 50 s: below the 60 s of common servers.
    std::chrono::milliseconds idle_timeout{50'000};

    /// A connection is not used again once it is this old, so that a changed address is noticed. Default 10 min. The
    /// addresses of a host are looked up again for a new connection after 30 s, or if none could be made to them.
    std::chrono::milliseconds max_lifetime{600'000};

    /// For resolving, connecting and the TLS handshake together. Default 5 s.
    std::chrono::milliseconds connect_timeout{5'000};

    /// From the first octet of the request to the last of the response. Default 10 s.
    std::chrono::milliseconds exchange_timeout{10'000};

    /// For everything, waiting for a connection included; `request::deadline` overrides it. Default 15 s.
    std::chrono::milliseconds total_timeout{15'000};

    /// The largest header of a response, in octets. Default 16 KiB, from 1 KiB to 16 MiB.
    std::size_t max_header = 16 * 1024;

    /// The largest body of a response, in octets. Default 4 MiB, at least 1.
    std::size_t max_body = 4 * 1024 * 1024;

    /// An HTTP proxy that is asked to CONNECT: `http://host:port`. Empty: none. Plain http, which stays
    /// on this machine, goes past it. No environment variable is read. Proxies with a password
    /// are not supported.
    std::string proxy;

    /// Whether a new connection resumes the TLS session of an earlier one of this pool to the same host and port, for at
    /// most an hour after the certificate was verified, and never past its end. Default true. A full handshake costs
    /// three times as much.
    bool resume_tls = true;

    /// For the time-outs, and the age of connections. Never null; a test may bring its own.
    std::shared_ptr<coauth::clock> clock = system_clock();
};

/// The counters of a pool.
struct pool_stats {
    pool_stats() = default;

    std::size_t open = 0;       ///< Connections now open or being opened.
    std::size_t idle = 0;       ///< Of these, waiting for a request.
    std::size_t waiting = 0;    ///< Requests waiting for a connection.
    std::size_t resolved = 0;   ///< Host names looked up.
    std::size_t connected = 0;  ///< Connections ever made.
    std::size_t resumed = 0;    ///< TLS handshakes of these that resumed a session.
    std::size_t reused = 0;     ///< Requests that went over a kept-alive connection.
    std::size_t sent_again = 0; ///< GETs repeated after a kept-alive connection had died.
};

/// A transport over HTTP/1.1 with TLS; plain http to loopback addresses only.
///
/// A connection serves one exchange at a time and goes back only when that exchange is proven
/// complete: a whole response that allows another request, and nothing after it. Everything else (an
/// error, a deadline, a cancellation) closes it, so that no response can reach the wrong caller.
///
/// A cancellation of any type that reaches `send` ends it with `errc::cancelled`; by default `co_spawn`
/// lets terminal cancellation through only.
///
/// Thread safety: safe; share one among threads. Distinct objects share nothing.
/// Lifetime: destroying it closes the idle connections; requests in flight finish. They must not outlive the executor's
/// context, nor must the pool, unless it was closed.
class COAUTH_DECL connection_pool final : public transport {
public:
    /// Throws `errc::invalid_argument` for options out of range, a CA file that can't be read, or a malformed proxy.
    explicit connection_pool(boost::asio::any_io_executor executor, pool_options options = pool_options());
    ~connection_pool() override;

    connection_pool(const connection_pool&) = delete;
    connection_pool& operator=(const connection_pool&) = delete;

    boost::asio::awaitable<response> send(request request) override;

    /// Refuses new requests with `errc::cancelled`, closes idle connections, and returns when the last
    /// request has ended, those included that wait for a connection now. Cancelled, it fails with `errc::cancelled`
    /// at once; the pool stays closed.
    boost::asio::awaitable<void> close();

    pool_stats stats() const;

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace coauth::http
