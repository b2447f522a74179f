// What the server refuses to read, and how long it waits.
#include "integration/server/echo.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using namespace std::chrono_literals;

namespace {

server::server_options with_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds idle)
{
    server::server_options o;
    o.read_timeout = read;
    o.idle_timeout = idle;
    return o;
}

} // namespace

TEST_CASE("http_server: a malformed request gets its status and a closed connection")
{
    struct row {
        int status;
        std::string text;
    };
    const std::string host = "Host: x\r\n";
    const row rows[] = {
        {400, "nonsense\r\n\r\n"},
        {400, "GET / FTP/1.1\r\n" + host + "\r\n"},
        {400, "GET / HTTP/2.0\r\n" + host + "\r\n"},
        {400, "GET / HTTP/0.9\r\n" + host + "\r\n"},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
        {400, "GET ftp://x/ HTTP/1.1\r\n" + host + "\r\n"},
        {400, "OPTIONS * HTTP/1.1\r\n" + host + "\r\n"},
        {400, "CONNECT x:443 HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET  / HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET / HTTP/1.1 \r\n" + host + "\r\n"},
        {400, "G\x01T / HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET / HTTP/1.1\n" + host + "\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "no colon\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10)},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: -5\r\n\r\nhello"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x5\r\n\r\nhello"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999999\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        {400, "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {501,
            "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\nGET /smuggled HTTP/1.1\r\n" + host + "\r\n"},
        {501, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"},
        {417, "POST / HTTP/1.1\r\n" + host + "Expect: tea\r\nContent-Length: 5\r\n\r\nhello"},
        {413, "POST / HTTP/1.1\r\n" + host + "Content-Length: 70000\r\n\r\n"},
        {413, "POST / HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n"},
        {413, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n11170\r\n" + std::string(70000, 'x')},
        {413, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100000, 'x')},
        {431, "GET / HTTP/1.1\r\n" + host + "X: " + std::string(9000, 'x') + "\r\n\r\n"},
        {431, "GET /" + std::string(100000, 'x')},
    };
    loopback::threads io;
    std::atomic<int> handled = 0;
    server::http_server s(io.executor(), server::server_options(), [&](server::request r) {
        ++handled;
        return echo(std::move(r));
    });
    for (const row& r : rows) {
        CAPTURE(r.text.substr(0, 120));
        client c(s.port());
        c.send(r.text);
        const auto a = c.receive();
        CHECK(a.status == r.status);
        CHECK(a.header("connection") == "close");
        CHECK(a.header("content-type") == "text/plain; charset=utf-8");
        CHECK(c.rest().empty());
        CHECK(c.plain.end == asio::error::eof);
    }
    CHECK(handled == 0);
}

TEST_CASE("http_server: a client that is refused may send the rest of its request")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    CHECK(c.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n").status == 413);
    // Were the connection closed at once, this would meet a reset, and a client that stops there would
    // never read the answer.
    for (int i = 0; i < 10; ++i)
        CHECK(c.send(std::string(10'000, 'x')));
}

TEST_CASE("server_options: the defaults are those that the manual names")
{
    const server::server_options options;
    CHECK(options.max_header == 8192);
    CHECK(options.read_timeout == std::chrono::seconds(10));
    CHECK(options.idle_timeout == std::chrono::seconds(60));
    CHECK(options.write_timeout == std::chrono::seconds(10));
}

TEST_CASE("http_server: limits are those of the options, to the octet")
{
    server::server_options o;
    o.max_header = 300;
    o.max_body = 10;
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);

    const std::string before = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
    const std::string fits = before + std::string(300 - before.size() - 4, 'x') + "\r\n\r\n";
    const std::string over = before + std::string(301 - before.size() - 4, 'x') + "\r\n\r\n";
    CHECK(client(s.port()).ask(fits).status == 200);
    CHECK(client(s.port()).ask(over).status == 431);
    CHECK(client(s.port()).ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789").status == 200);
    CHECK(client(s.port()).ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n0123456789a").status == 413);
}

TEST_CASE("http_server: a slow request is answered 408, and a silent client is disconnected")
{
    loopback::threads io;
    server::http_server s(io.executor(), with_timeouts(50ms, 50ms), echo);

    client half_head(s.port());
    CHECK(half_head.ask("GET / HT").status == 408);
    CHECK(half_head.rest().empty());

    client half_body(s.port());
    CHECK(half_body.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe").status == 408);

    // A bare line feed ends no line: the first is not a request, the second is still arriving.
    CHECK(client(s.port()).ask("GET / HTTP/1.1\n\n").status == 400);
    client bare(s.port());
    CHECK(bare.ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n").status == 408);

    client silent(s.port());
    CHECK(silent.rest().empty());
    CHECK(silent.plain.end == asio::error::eof);

    client idle(s.port());
    CHECK(idle.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    CHECK(idle.rest().empty());
}

TEST_CASE("http_server: a client that does not read its response is cut at the write timeout")
{
    server::server_options o;
    o.write_timeout = 50ms;
    loopback::threads io;
    server::http_server s(io.executor(), o, [](server::request) -> asio::awaitable<server::response> {
        co_return server::response(200, "text/plain", std::string(64 * 1024 * 1024, 'x'));
    });
    client c(s.port());
    c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    // The client reads nothing until the server has given up on it, which closing waits for.
    asio::co_spawn(io.executor(), s.close(1h), asio::use_future).get();
    CHECK(c.rest().size() < 64 * 1024 * 1024);
}
