// Which servers a pool trusts, also behind a proxy.
#include "certificates.hpp"
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <openssl/ssl.h>

#include <cstdlib>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::connection_pool;

namespace {

http::pool_options trusting(const authority& root)
{
    http::pool_options o;
    o.trust = http::tls_trust::ca_file(root.file());
    return o;
}

// Making keys takes a while; one authority does for all.
const authority& ours()
{
    static const authority a;
    return a;
}

leaf named(std::string names, long begins = -3600, long ends = 3600)
{
    leaf l;
    l.names = std::move(names);
    l.begins = begins;
    l.ends = ends;
    return l;
}

} // namespace

TEST_CASE("connection_pool: over TLS a connection is verified, named by SNI, and kept")
{
    asio::io_context context;
    scripted_peer peer(context, echo, ours().server());
    connection_pool pool(context.get_executor(), trusting(ours()));
    play(context, [&]() -> asio::awaitable<void> {
        for (const std::string target : {"/a", "/b"}) {
            const auto r = co_await pool.send(get(peer.origin("localhost"), target));
            CHECK(r.body == target);
        }
        const auto r = co_await pool.send(get(peer.origin("127.0.0.1"), "/c"));
        CHECK(r.body == "/c");
    });
    CHECK(peer.log().names == std::vector<std::string>{"localhost", ""}); // no SNI for an address
    CHECK(pool.stats().connected == 2);
    CHECK(pool.stats().reused == 1);
}

TEST_CASE("connection_pool: over TLS a large body arrives whole, and the connection is kept")
{
    asio::io_context context;
    const std::string large(300'000, 'x');
    scripted_peer peer(
        context,
        [&](peer_connection& connection) -> asio::awaitable<void> {
            for (int i = 0; i < 3; ++i) {
                const auto request = co_await connection.request();
                CHECK(request.ends_with(large));
                co_await connection.send(response_text(large));
            }
            co_await connection.read_to_end();
        },
        ours().server());
    connection_pool pool(context.get_executor(), trusting(ours()));
    play(context, [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            auto request = get(peer.origin());
            request.method = "POST";
            request.body = large;
            const auto r = co_await pool.send(std::move(request));
            CHECK(r.body == large);
        }
    });
    CHECK(pool.stats().connected == 1);
}

TEST_CASE("connection_pool: a server with a wrong certificate gets no request, and the error names the reason")
{
    const authority stranger("another authority");
    const authority impostor; // by the name of ours
    leaf self_signed;
    self_signed.self_signed = true;
    const auto tls_1_1 = ours().server();
    SSL_CTX_set_max_proto_version(tls_1_1->native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(tls_1_1->native_handle(), 0);
    struct row {
        const char* name;
        std::shared_ptr<asio::ssl::context> server;
        const char* host;
        const char* hint;
    };
    const row rows[] = {
        {"unknown authority", stranger.server(), "localhost", "CA file"},
        {"an authority of the same name", impostor.server(), "localhost", "CA file"},
        {"self-signed", ours().server(self_signed), "localhost", "CA file"},
        {"another name", ours().server(named("DNS:other.example")), "localhost", "another name"},
        {"a partial wildcard", ours().server(named("DNS:local*")), "localhost", "another name"},
        {"the name in the subject only", ours().server(named("DNS:other.example,IP:127.0.0.1")), "localhost",
            "another name"},
        {"another address", ours().server(named("IP:127.0.0.2")), "127.0.0.1", "another name"},
        {"an address as a name", ours().server(named("DNS:127.0.0.1")), "127.0.0.1", "another name"},
        {"a name, but the address was asked for", ours().server(named("DNS:localhost")), "127.0.0.1", "another name"},
        {"expired", ours().server(named("DNS:localhost", -7200, -3600)), "localhost", "clock"},
        {"not yet valid", ours().server(named("DNS:localhost", 3600, 7200)), "localhost", "clock"},
        {"an old protocol", tls_1_1, "localhost", "TLS 1.2"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.name));
        asio::io_context context;
        scripted_peer peer(context, echo, row.server);
        connection_pool pool(context.get_executor(), trusting(ours()));
        play(context, [&]() -> asio::awaitable<void> {
            const auto r = co_await as_result(pool.send(get(peer.origin(row.host))));
            REQUIRE_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::tls_failed);
            CHECK_MESSAGE(r.error().hint().value_or("").find(row.hint) != std::string::npos, r.error().what());
        });
        CHECK(peer.log().requests.empty());
        CHECK(pool.stats().open == 0);
    }
}

TEST_CASE("connection_pool: the environment does not change the trusted authorities")
{
    setenv("SSL_CERT_FILE", ours().file().c_str(), 1);
    setenv("SSL_CERT_DIR", "/tmp", 1);
    {
        asio::io_context context;
        scripted_peer peer(context, echo, ours().server());
        connection_pool pool(context.get_executor());
        play(context, [&]() -> asio::awaitable<void> {
            const auto r = co_await as_result(pool.send(get(peer.origin("localhost"))));
            REQUIRE_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::tls_failed);
        });
        CHECK(peer.log().requests.empty());
    }
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
}

TEST_CASE("connection_pool: a server without TLS, or one that hangs in the handshake, fails in time")
{
    asio::io_context context;
    scripted_peer plain(context, [](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        co_await connection.read_to_end();
    });
    scripted_peer hanging(
        context, [](peer_connection& connection) -> asio::awaitable<void> { co_await connection.read_to_end(); });
    scripted_peer closing(context, [](peer_connection&) -> asio::awaitable<void> { co_return; });
    auto options = trusting(ours());
    options.connect_timeout = 50ms;
    connection_pool pool(context.get_executor(), options);
    play(context, [&]() -> asio::awaitable<void> {
        auto to = plain.origin();
        to.https = true;
        auto r = co_await as_result(pool.send(get(to)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::tls_failed);

        to.port = hanging.origin().port;
        r = co_await as_result(pool.send(get(to)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::timeout);
        CHECK(r.error().hint().value_or("").find("connect_timeout") != std::string::npos);

        to.port = closing.origin().port;
        r = co_await as_result(pool.send(get(to)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::connection_lost);
    });
    CHECK(pool.stats().open == 0);
}

TEST_CASE("connection_pool: over TLS a body without a length needs close_notify, one with a length does not")
{
    struct row {
        const char* bytes;
        bool goodbye;
        bool ok;
    };
    const row rows[] = {
        {"HTTP/1.1 200 OK\r\n\r\nhello", true, true},
        {"HTTP/1.1 200 OK\r\n\r\nhello", false, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", true, false},
    };
    for (const auto& row : rows) {
        asio::io_context context;
        scripted_peer peer(
            context,
            [&](peer_connection& connection) -> asio::awaitable<void> {
                co_await connection.request();
                co_await connection.send(row.bytes);
                if (row.goodbye)
                    co_await connection.shut_down();
            },
            ours().server());
        connection_pool pool(context.get_executor(), trusting(ours()));
        play(context, [&]() -> asio::awaitable<void> {
            const auto r = co_await as_result(pool.send(get(peer.origin())));
            CHECK(r.has_value() == row.ok);
            if (!r)
                CHECK(r.error().reason() == errc::connection_lost);
        });
    }
}

TEST_CASE("connection_pool: a proxy is asked for a tunnel, and the certificate of the origin counts")
{
    asio::io_context context;
    const auto server = ours().server(named("DNS:api.example"));
    scripted_peer proxy(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        const bool safe = co_await connection.start_tls(server);
        if (safe)
            co_await echo(connection);
    });
    auto options = trusting(ours());
    options.proxy = proxy.origin().url();
    connection_pool pool(context.get_executor(), options);
    http::origin far; // a name that this machine need not be able to look up
    far.host = "api.example";
    play(context, [&]() -> asio::awaitable<void> {
        for (const std::string target : {"/a", "/b"}) {
            const auto r = co_await pool.send(get(far, target));
            CHECK(r.body == target);
        }
        auto other = far;
        other.host = "other.example";
        const auto r = co_await as_result(pool.send(get(other)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::tls_failed);
    });
    CHECK(proxy.log().connections == 2);
    CHECK(proxy.log().requests.at(0) == "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n");
    CHECK(proxy.log().requests.at(1).find("Host: api.example\r\n") != std::string::npos);
}

TEST_CASE("connection_pool: a proxy that refuses, sends garbage, or is silent gets no request")
{
    struct row {
        const char* bytes;
        const char* result;
    };
    const row rows[] = {
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "connect_failed"},
        {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "connect_failed"},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "connect_failed"},
        {"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01", "connect_failed"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\n\r\n", "connect_failed"},
        {"SSH-2.0-proxy\r\n", "connect_failed"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "connect_failed"},
        {"", "timeout"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.bytes));
        asio::io_context context;
        scripted_peer proxy(context, [&](peer_connection& connection) -> asio::awaitable<void> {
            co_await connection.request();
            co_await connection.send(row.bytes);
            co_await connection.read_to_end();
        });
        auto options = trusting(ours());
        options.proxy = proxy.origin().url();
        options.connect_timeout = row.result == std::string("timeout") ? 50ms : 5s;
        connection_pool pool(context.get_executor(), options);
        http::origin far;
        far.host = "api.example";
        play(context, [&]() -> asio::awaitable<void> {
            const auto r = co_await as_result(pool.send(get(far)));
            REQUIRE_FALSE(r.has_value());
            CHECK(name(r.error().reason()) == row.result);
            if (r.error().reason() == errc::connect_failed)
                CHECK(r.error().message().find("the proxy " + proxy.origin().authority()) == 0);
        });
        CHECK(proxy.log().requests.size() == 1);
    }
}

TEST_CASE("connection_pool: plain http stays on this machine and does not use the proxy")
{
    asio::io_context context;
    scripted_peer proxy(context, echo);
    scripted_peer peer(context, echo);
    http::pool_options options;
    options.proxy = proxy.origin().url();
    connection_pool pool(context.get_executor(), options);
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin(), "/near"));
        CHECK(r.body == "/near");
    });
    CHECK(proxy.log().connections == 0);
}
