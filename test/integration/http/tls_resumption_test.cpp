// Which connections resume a TLS session, and that none does whose certificate was not verified.
#include "certificates.hpp"
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <array>
#include <set>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::connection_pool;
using server_context = std::shared_ptr<asio::ssl::context>;

namespace {

const authority& resumption_root()
{
    static const authority made;
    return made;
}

http::pool_options resuming(const authority& root = resumption_root())
{
    http::pool_options o;
    o.trust = http::tls_trust::ca_file(root.file());
    return o;
}

// One response, then the end of the connection.
asio::awaitable<void> respond_once(peer_connection& connection)
{
    const std::string request = co_await connection.request();
    if (!request.empty())
        co_await connection.send(response_text("hello", "Connection: close\r\n"));
    co_await connection.shut_down();
}

// Keys of tickets that servers may share, or change.
void set_ticket_keys(const server_context& server, unsigned char key)
{
    std::array<unsigned char, 80> keys{};
    keys.fill(key);
    REQUIRE(SSL_CTX_set_tlsext_ticket_keys(server->native_handle(), keys.data(), keys.size()) == 1);
}

/// The machine's clocks, at another time of day.
class day_clock final : public clock {
public:
    std::chrono::system_clock::time_point now() const override { return system_clock()->now() + later; }
    std::chrono::steady_clock::time_point steady_now() const override { return system_clock()->steady_now() + waited; }
    asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        return system_clock()->sleep_for(duration);
    }

    std::chrono::seconds later{0};
    std::chrono::seconds waited{0};
};

std::string send_to(asio::io_context& context, connection_pool& pool, const http::origin& to)
{
    std::string result;
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await as_result(pool.send(get(to)));
        result = r ? r->body : std::string(name(r.error().reason()));
    });
    return result;
}

struct server_kind {
    const char* name;
    int version;
    bool tickets;
};

// By a ticket, or by an id of a session that the server keeps.
constexpr server_kind server_kinds[] = {
    {"TLS 1.3, tickets", TLS1_3_VERSION, true},
    {"TLS 1.3, ids", TLS1_3_VERSION, false},
    {"TLS 1.2, tickets", TLS1_2_VERSION, true},
    {"TLS 1.2, ids", TLS1_2_VERSION, false},
};

server_context server_of(const server_kind& kind, const leaf& certificate = leaf())
{
    auto made = resumption_root().server(certificate);
    SSL_CTX_set_max_proto_version(made->native_handle(), kind.version);
    if (!kind.tickets)
        SSL_CTX_set_options(made->native_handle(), SSL_OP_NO_TICKET);
    return made;
}

// The tickets that a server issued are numbered, and it notes each that comes back.
struct ticket_log {
    ticket_log() = default;

    void watch(const server_context& server)
    {
        SSL_CTX_set_session_ticket_cb(
            server->native_handle(),
            [](SSL* tls, void* log) {
                const int number = ++static_cast<ticket_log*>(log)->issued;
                return SSL_SESSION_set1_ticket_appdata(SSL_get_session(tls), &number, sizeof number);
            },
            [](SSL*, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status,
                void* log) -> SSL_TICKET_RETURN {
                void* data = nullptr;
                std::size_t size = 0;
                if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
                    return SSL_TICKET_RETURN_IGNORE_RENEW;
                if (SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1 && size == sizeof(int))
                    static_cast<ticket_log*>(log)->used.push_back(*static_cast<const int*>(data));
                return SSL_TICKET_RETURN_USE_RENEW;
            },
            this);
    }

    int issued = 0;
    std::vector<int> used;
};

} // namespace

TEST_CASE("tls_resumption: each connection after the first resumes, in both versions of TLS")
{
    for (const auto& kind : server_kinds) {
        CAPTURE(std::string(kind.name));
        asio::io_context context;
        scripted_peer peer(context, respond_once, server_of(kind));
        connection_pool pool(context.get_executor(), resuming());
        for (int i = 0; i < 10; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(peer.log().handshakes == 10);
        CHECK(peer.log().resumed == 9);
        CHECK(pool.stats().connected == 10);
        CHECK(pool.stats().resumed == 9);
        CHECK(pool.stats().reused == 0);
    }
}

TEST_CASE(
    "tls_resumption: of eight connections at a time, all but the first eight resume, each with a ticket of its own")
{
    asio::io_context context;
    ticket_log tickets;
    const auto server = server_of(server_kinds[0]);
    tickets.watch(server);
    scripted_peer peer(context, respond_once, server);
    auto options = resuming();
    options.max_connections_per_origin = 8;
    connection_pool pool(context.get_executor(), options);
    int responses = 0;
    const auto user = [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 25; ++i) {
            const auto r = co_await pool.send(get(peer.origin("localhost")));
            responses += r.body == "hello";
        }
    };
    play(context, [&]() -> asio::awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        for (int i = 0; i < 8; ++i)
            asio::co_spawn(executor, user(), asio::detached);
        while (responses < 200)
            co_await asio::post(executor, asio::use_awaitable);
    });
    CHECK(pool.stats().connected == 200);
    CHECK(pool.stats().resumed >= 192);
    CHECK(tickets.used.size() == pool.stats().resumed);
    CHECK(std::set<int>(tickets.used.begin(), tickets.used.end()).size() == tickets.used.size());
}

TEST_CASE("tls_resumption: a server that has lost its keys is verified again, and its new tickets are used")
{
    for (const auto& kind : {server_kinds[0], server_kinds[2]}) {
        CAPTURE(std::string(kind.name));
        asio::io_context context;
        const auto server = server_of(kind);
        set_ticket_keys(server, 1);
        scripted_peer peer(context, respond_once, server);
        connection_pool pool(context.get_executor(), resuming());
        for (int i = 0; i < 3; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(peer.log().resumed == 2);
        set_ticket_keys(server, 2);
        for (int i = 0; i < 4; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(peer.log().handshakes == 7);
        CHECK(peer.log().resumed >= 4); // a second ticket of the old keys may be offered before a new one
        CHECK(pool.stats().resumed == static_cast<std::size_t>(peer.log().resumed));
    }
}

TEST_CASE("tls_resumption: a session is not used for another name, another port, or another authority")
{
    for (const auto& kind : {server_kinds[0], server_kinds[2]}) {
        CAPTURE(std::string(kind.name));
        asio::io_context context;
        const auto server = server_of(kind, leaf("DNS:localhost"));
        const authority stranger("another authority");
        const auto impostor = stranger.server();
        SSL_CTX_set_max_proto_version(impostor->native_handle(), kind.version);
        set_ticket_keys(server, 1);
        set_ticket_keys(impostor, 1); // it could resume the sessions of the other
        scripted_peer peer(context, respond_once, server);
        scripted_peer other(context, respond_once, impostor);
        connection_pool pool(context.get_executor(), resuming());
        for (int i = 0; i < 3; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(pool.stats().resumed == 2);

        CHECK(send_to(context, pool, peer.origin("127.0.0.1")) == "tls_failed");
        CHECK(send_to(context, pool, other.origin("localhost")) == "tls_failed");
        connection_pool trusts_another(context.get_executor(), resuming(stranger));
        CHECK(send_to(context, trusts_another, peer.origin("localhost")) == "tls_failed");
        CHECK(send_to(context, trusts_another, other.origin("localhost")) == "hello");
        CHECK(trusts_another.stats().resumed == 0);
        CHECK(other.log().resumed == 0);
        CHECK(peer.log().requests.size() == 3);

        CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(pool.stats().resumed == 3);
    }
}

TEST_CASE(
    "tls_resumption: a session ends with the certificate, and an hour after that was verified, however often resumed")
{
    struct row {
        const char* name;
        std::chrono::seconds later;
        std::chrono::seconds waited;
        std::size_t resumed; ///< Of two.
    };
    for (const auto& kind : {server_kinds[0], server_kinds[2]})
        for (const row& row : {row{"before the end", 850s, 0s, 2}, row{"past the end for the second", 950s, 0s, 1},
                 row{"past the end", 1801s, 0s, 0}, row{"within the hour", 0s, 1790s, 2},
                 row{"the hour over for the second", 0s, 1810s, 1}}) {
            CAPTURE(std::string(kind.name));
            CAPTURE(std::string(row.name));
            asio::io_context context;
            leaf certificate;
            certificate.ends = 1800;
            scripted_peer peer(context, respond_once, server_of(kind, certificate));
            const auto clock = std::make_shared<day_clock>();
            auto options = resuming();
            options.clock = clock;
            connection_pool pool(context.get_executor(), options);
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
            for (int i = 0; i < 2; ++i) {
                clock->later += row.later;
                clock->waited += row.waited;
                CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
            }
            CHECK(pool.stats().resumed == row.resumed);
        }
}

TEST_CASE("tls_resumption: a ticket that is to be discarded, or is too large, is not offered")
{
    asio::io_context context;
    const auto ephemeral = server_of(server_kinds[1]); // RFC 8446: to be discarded
    SSL_CTX_set_session_ticket_cb(
        ephemeral->native_handle(),
        [](SSL* tls, void*) { return SSL_SESSION_set_timeout(SSL_get_session(tls), 0) == 1 ? 1 : 0; }, nullptr,
        nullptr);
    const auto large = server_of(server_kinds[0]);
    SSL_CTX_set_session_ticket_cb(
        large->native_handle(),
        [](SSL* tls, void*) {
            const std::string data(8000, 'x');
            return SSL_SESSION_set1_ticket_appdata(SSL_get_session(tls), data.data(), data.size());
        },
        nullptr, nullptr);
    for (const auto& server : {ephemeral, large}) {
        scripted_peer peer(context, respond_once, server);
        connection_pool pool(context.get_executor(), resuming());
        for (int i = 0; i < 3; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(pool.stats().resumed == 0);
        CHECK(peer.log().resumed == 0);
    }
}

TEST_CASE("tls_resumption: a server that breaks off resumed handshakes does so once")
{
    asio::io_context context;
    const auto server = server_of(server_kinds[0]);
    SSL_CTX_set_client_hello_cb(
        server->native_handle(),
        [](SSL* tls, int* alert, void*) -> int {
            const unsigned char* octets = nullptr;
            std::size_t size = 0;
            *alert = SSL_AD_INTERNAL_ERROR;
            const bool resumes = SSL_client_hello_get0_ext(tls, TLSEXT_TYPE_psk, &octets, &size) == 1;
            return resumes ? SSL_CLIENT_HELLO_ERROR : SSL_CLIENT_HELLO_SUCCESS;
        },
        nullptr);
    scripted_peer peer(context, respond_once, server);
    connection_pool pool(context.get_executor(), resuming());
    CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
    CHECK(send_to(context, pool, peer.origin("localhost")) != "hello");
    CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
    CHECK(pool.stats().resumed == 0);
}

TEST_CASE("tls_resumption: it can be turned off")
{
    for (const auto& kind : server_kinds) {
        CAPTURE(std::string(kind.name));
        asio::io_context context;
        scripted_peer peer(context, respond_once, server_of(kind));
        auto options = resuming();
        options.resume_tls = false;
        connection_pool pool(context.get_executor(), options);
        for (int i = 0; i < 3; ++i)
            CHECK(send_to(context, pool, peer.origin("localhost")) == "hello");
        CHECK(peer.log().resumed == 0);
        CHECK(pool.stats().resumed == 0);
    }
}

TEST_CASE("tls_resumption: by a proxy, sessions are the origin's")
{
    asio::io_context context;
    const auto server = server_of(server_kinds[0], leaf("DNS:api.example"));
    scripted_peer proxy(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        const bool safe = co_await connection.start_tls(server);
        if (safe)
            co_await respond_once(connection);
    });
    auto options = resuming();
    options.proxy = proxy.origin().url();
    connection_pool pool(context.get_executor(), options);
    http::origin far;
    far.host = "api.example";
    for (int i = 0; i < 3; ++i)
        CHECK(send_to(context, pool, far) == "hello");
    far.host = "other.example";
    CHECK(send_to(context, pool, far) == "tls_failed");
    CHECK(pool.stats().resumed == 2);
}
