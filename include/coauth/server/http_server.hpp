// A small HTTP/1.1 server, plain or TLS, with limits for time, size and connections.
#pragma once

#include <coauth/error.hpp>
#include <coauth/http/fields.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace coauth::server {

/// A request as it arrived.
struct request {
    request() = default;

    std::string method;
    std::string target; ///< Raw, as sent; of an absolute form what follows the host, which is then in `Host`.
    http::fields headers;
    std::string body;
    bool https = false;
    std::string peer; ///< The client's address: "127.0.0.1".

    /// The target up to `?`, and what follows it.
    std::string_view path() const noexcept { return std::string_view(target).substr(0, target.find('?')); }
    std::string_view query() const noexcept
    {
        const auto mark = target.find('?');
        return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
    }
};

/// A response. The server adds Content-Length, Connection and Date (unless the handler set Date). A
/// `Connection: close` closes the connection after this response. A status outside 200 to 599, a header
/// name that is not a token and a control character in a value make it a 500.
struct COAUTH_DECL response {
    response() = default;
    response(int status, std::string content_type, std::string body);

    int status = 200;
    http::fields headers;
    std::string body;

    /// If set, these octets are written unchanged instead of all the above, and the connection is
    /// then closed; empty closes it without an octet. For a sandbox that plays a broken provider.
    std::optional<std::string> raw;
};

/// Makes the response to a request. It may take any time, unless there is an `answer_timeout`, and
/// may be called from several connections at once; an exception becomes a 500 without its text.
using handler = std::function<boost::asio::awaitable<response>(request)>;

/// A certificate and its key, both PEM; the certificate may be followed by its chain.
struct tls_identity {
    tls_identity() = default;
    tls_identity(std::string new_certificate, std::string new_private_key)
        : certificate(std::move(new_certificate)), private_key(std::move(new_private_key))
    {}

    std::string certificate;
    std::string private_key;
};

/// Options of `http_server`. None of them may be 0, except where it says what 0 means and `max_body`.
struct server_options {
    server_options() = default;

    std::string address = "127.0.0.1"; ///< An IPv4 or IPv6 address, not a name.
    std::uint16_t port = 0;            ///< 0: the kernel chooses.
    std::optional<tls_identity> tls;   ///< Empty: plain http.

    std::size_t max_header = 8 * 1024; ///< Octets of request line and header; over it: 431. Default 8 KiB.
    std::size_t max_body = 64 * 1024;  ///< Octets; over it: 413. Default 64 KiB.

    /// The most connections. When they are reached, the one that has been idle longest (it waits for a
    /// request, and no octet of it has come) is closed to make room for a new one; if none is idle, the new
    /// one is closed at once. While connections that make room are being closed, up to a sixteenth more may
    /// be open, at least one. If the process or the system has no file descriptor for a new one, an idle one
    /// is closed, too; if none is idle, the new one waits. Default 1024.
    std::size_t max_connections = 1024;

    /// Connections from one client: an IPv4 address (written as IPv6, too) or an IPv6 /64. A further
    /// one is closed at once. 0: no limit of its own, for behind a proxy all clients have one address;
    /// 100 suits a server without a proxy. Default 0.
    std::size_t max_connections_per_address = 0;

    /// For the TLS handshake, for the first octet after it, and for one whole request once it began;
    /// over it: 408. Default 10 s.
    std::chrono::milliseconds read_timeout{10'000};
    std::chrono::milliseconds idle_timeout{60'000};  ///< Between two requests. Default 60 s.
    std::chrono::milliseconds write_timeout{10'000}; ///< For one whole response. Default 10 s.

    /// For the handler; over it: it is cancelled, and the client gets 504. A handler that does not
    /// honour that has its connection closed two seconds later, but counts for
    /// `max_connections` until it ends. 0: no limit. Default 0.
    std::chrono::milliseconds answer_timeout{0};
};

/// The counters of a server, since it began unless said otherwise.
struct server_stats {
    server_stats() = default;

    std::size_t open = 0; ///< Connections now.
    std::size_t idle = 0; ///< Of these, the ones that wait for a request.

    std::uint64_t accepted = 0;           ///< Connections admitted.
    std::uint64_t evicted = 0;            ///< Idle ones closed to make room.
    std::uint64_t refused_full = 0;       ///< Closed at once: `max_connections`, and none was idle.
    std::uint64_t refused_by_address = 0; ///< Closed at once: `max_connections_per_address`.

    std::uint64_t answered = 0; ///< Requests whose response was sent whole, refusals such as 408 included.
};

/// Listens and answers.
///
/// Thread safety: safe. Each connection runs on a strand of its own, so handlers of different
/// connections may run at once on a context with several threads.
/// Lifetime: destroying it stops listening and closes the connections that wait for a request;
/// handlers in progress finish. The handler is kept until the last connection has ended.
class COAUTH_DECL http_server {
public:
    /// Listens at once. Throws `errc::invalid_argument` for an address or certificate that can't be
    /// used and for a port that is taken.
    http_server(boost::asio::any_io_executor executor, server_options options, handler answer);
    ~http_server();

    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// The port listened on.
    std::uint16_t port() const noexcept;

    /// "https://127.0.0.1:40123"; IPv6 addresses in brackets.
    std::string url() const;

    /// The counters. Cheap, from any thread.
    server_stats stats() const;

    /// Stops listening, lets requests in progress finish, and returns when the last connection has
    /// ended. Connections still busy after `grace` are cut: their handlers are cancelled and the
    /// sockets closed. May be called more than once, and at once. Honours cancellation.
    boost::asio::awaitable<void> close(std::chrono::milliseconds grace = std::chrono::milliseconds(10'000));

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace coauth::server
