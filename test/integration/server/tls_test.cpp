#include "integration/server/loopback.hpp"
#include "sandbox/throwaway_ca.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <thread>

namespace asio = boost::asio;
namespace server = coauth::server;
using namespace std::chrono_literals;

namespace {

asio::awaitable<server::response> echo(server::request r)
{
    server::response out(200, "text/plain", r.target + (r.https ? " https" : " http"));
    if (r.target == "/raw")
        out.raw = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort";
    co_return out;
}

const coauth::sandbox::throwaway_certificates& certificates()
{
    static const auto made = coauth::sandbox::make_throwaway_certificates({}, std::chrono::system_clock::now());
    return made;
}

server::server_options with_tls()
{
    server::server_options o;
    o.tls = certificates().server;
    return o;
}

// A client that trusts the throw-away authority and asks for `host`.
class tls_client {
public:
    tls_client(std::uint16_t port, const std::string& host = "localhost", int version = 0)
        : context_(asio::ssl::context::tls_client)
    {
        context_.add_certificate_authority(asio::buffer(certificates().ca));
        context_.set_verify_mode(asio::ssl::verify_peer);
        if (version != 0) {
            SSL_CTX_set_min_proto_version(context_.native_handle(), version);
            SSL_CTX_set_max_proto_version(context_.native_handle(), version);
            // Debian's default level would keep the client itself from trying old versions.
            SSL_CTX_set_security_level(context_.native_handle(), 0);
        }
        http.emplace(io_, context_);
        http->stream.set_verify_callback(asio::ssl::host_name_verification(host));
        http->stream.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port});
        http->stream.handshake(asio::ssl::stream_base::client, handshake);
    }

    loopback::answer ask(std::string_view target)
    {
        http->send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return http->receive();
    }

    boost::system::error_code handshake;

private:
    asio::io_context io_;
    asio::ssl::context context_;

public:
    std::optional<loopback::basic_client<asio::ssl::stream<asio::ip::tcp::socket>>> http;
};

} // namespace

TEST_CASE("http_server: with an identity it speaks TLS, and a client can verify it")
{
    loopback::threads io;
    server::http_server s(io.executor(), with_tls(), echo);
    CHECK(s.url() == "https://127.0.0.1:" + std::to_string(s.port()));
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
        tls_client c(s.port(), host);
        REQUIRE_FALSE(c.handshake);
        CHECK(c.ask("/1").body == "/1 https");
        CHECK(c.ask("/2").body == "/2 https");
    }
    CHECK(tls_client(s.port(), "api.x.com").handshake.failed());
}

TEST_CASE("http_server: TLS 1.2 and 1.3 are supported, older versions are not")
{
    loopback::threads io;
    server::http_server s(io.executor(), with_tls(), echo);
    CHECK_FALSE(tls_client(s.port(), "localhost", TLS1_3_VERSION).handshake.failed());
    CHECK_FALSE(tls_client(s.port(), "localhost", TLS1_2_VERSION).handshake.failed());
    CHECK(tls_client(s.port(), "localhost", TLS1_1_VERSION).handshake.failed());
}

TEST_CASE("http_server: a TLS connection ends with close_notify")
{
    loopback::threads io;
    server::server_options o = with_tls();
    o.idle_timeout = 50ms;
    server::http_server s(io.executor(), o, echo);

    tls_client raw(s.port());
    raw.http->send("GET /raw HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(raw.http->rest() == "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort");
    CHECK(raw.http->end == asio::error::eof); // a close_notify, else it were stream_truncated

    tls_client idle(s.port());
    CHECK(idle.ask("/").status == 200);
    CHECK(idle.http->rest().empty());
    CHECK(idle.http->end == asio::error::eof);

    tls_client drained(s.port());
    CHECK(drained.ask("/").status == 200);
    asio::co_spawn(io.executor(), s.close(1h), asio::use_future).get();
    CHECK(drained.http->rest().empty());
    CHECK(drained.http->end == asio::error::eof);
}

TEST_CASE("http_server: a slow request over TLS is answered 408, and a handshake that never ends is cut")
{
    loopback::threads io;
    server::server_options o = with_tls();
    o.read_timeout = 300ms;
    server::http_server s(io.executor(), o, echo);

    tls_client slow(s.port());
    REQUIRE_FALSE(slow.handshake);
    slow.http->send("GET / HT");
    CHECK(slow.http->receive().status == 408);
    CHECK(slow.http->rest().empty());

    loopback::client silent(s.port());
    CHECK(silent.rest().empty());
    loopback::client half(s.port());
    half.send("\x16\x03\x01");
    CHECK(half.rest().empty());
}

TEST_CASE("http_server: plain http on a TLS port gets no response of the handler")
{
    loopback::threads io;
    server::http_server s(io.executor(), with_tls(), echo);
    loopback::client plain(s.port());
    plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(plain.rest().find("HTTP/") == std::string::npos);
}

TEST_CASE("http_server: with TLS it can be destroyed with its context, at any step")
{
    for (int steps = 0; steps < 40; ++steps) {
        asio::io_context io(1);
        server::http_server s(io.get_executor(), with_tls(), echo);
        asio::io_context other;
        asio::ssl::context context(asio::ssl::context::tls_client);
        asio::ssl::stream<asio::ip::tcp::socket> c(other, context);
        c.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), s.port()});
        std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        c.async_handshake(asio::ssl::stream_base::client, [&](boost::system::error_code failure) {
            if (!failure)
                asio::async_write(c, asio::buffer(question), [](boost::system::error_code, std::size_t) {});
        });
        for (int i = 0; i < steps; ++i) {
            io.poll_one();
            other.poll_one();
        }
    }
}

TEST_CASE("http_server: a key that is not the certificate's is refused at once")
{
    asio::io_context io;
    server::server_options o = with_tls();
    o.tls->private_key =
        coauth::sandbox::make_throwaway_certificates({}, std::chrono::system_clock::now()).server.private_key;
    CHECK_THROWS_AS(server::http_server(io.get_executor(), o, echo), coauth::error);
}

TEST_CASE("http_server: a client that never begins its handshake is idle, and makes room")
{
    server::server_options o = with_tls();
    o.max_connections = 1;
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    loopback::client silent(s.port());
    while (s.stats().open == 0)
        std::this_thread::yield();
    tls_client first(s.port());
    CHECK(silent.rest().empty());
    CHECK(first.ask("/a").body == "/a https");
    while (s.stats().idle == 0 || s.stats().open > 1)
        std::this_thread::yield();
    tls_client second(s.port());
    CHECK(first.http->rest().empty());
    CHECK(second.ask("/b").body == "/b https");
    CHECK(s.stats().evicted == 2);
}

TEST_CASE("http_server: a client that never begins its handshake is disconnected at the read timeout")
{
    server::server_options o = with_tls();
    o.read_timeout = 50ms;
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    loopback::client silent(s.port());
    CHECK(silent.rest().empty());
}
