// Requests that are well formed, and the answers to them.
#include "integration/server/echo.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <future>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;

TEST_CASE("http_server: a response has Date, Content-Length and Connection")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    CHECK(s.url() == "http://127.0.0.1:" + std::to_string(s.port()));

    client c(s.port());
    const auto a = c.ask("POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(a.status == 200);
    CHECK(a.body == "POST /a?b=c hello");
    CHECK(a.header("content-type") == "text/plain");
    CHECK(a.header("connection") == "keep-alive");
    CHECK(a.header("x-peer") == "127.0.0.1 http");
    CHECK(a.header("date").size() == 29);
}

TEST_CASE("http_server: connections are kept alive by the rules of HTTP/1.1 and HTTP/1.0")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);

    client modern(s.port());
    CHECK(modern.ask("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET /1 ");
    CHECK(modern.ask("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET /2 ");
    const auto last = modern.ask("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(last.body == "GET /3 ");
    CHECK(last.header("connection") == "close");
    CHECK(modern.rest().empty());

    client old(s.port());
    CHECK(old.ask("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("connection") == "keep-alive");
    CHECK(old.ask("GET /2 HTTP/1.0\r\n\r\n").header("connection") == "close");
    CHECK(old.rest().empty());

    client closing(s.port());
    CHECK(closing.ask("GET /close HTTP/1.1\r\nHost: x\r\n\r\n").header("connection") == "close");
    CHECK(closing.rest().empty());
}

TEST_CASE("http_server: pipelined requests are answered in order, in pieces of any size")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    std::string all;
    for (int i = 0; i < 20; ++i)
        all += "POST /" + std::to_string(i) +
               " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

    client c(s.port());
    for (std::size_t at = 0; at < all.size(); at += 37)
        c.send(std::string_view(all).substr(at, 37));
    for (int i = 0; i < 20; ++i)
        CHECK(c.receive().body == "POST /" + std::to_string(i) + " abc");
}

TEST_CASE("http_server: HEAD gets the header of the response without its body")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    c.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(c.receive(true).header("content-length") == "8");
    CHECK(c.ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").status == 204);
    CHECK(c.ask("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").body == "GET /b ");
    CHECK(c.rest().empty());
}

TEST_CASE("http_server: a client that expects 100-continue gets it before the response")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    CHECK(c.ask("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").status == 100);
    CHECK(c.ask("hello").body == "POST / hello");
}

TEST_CASE("http_server: an exception of the handler is a 500 without its text")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    const auto a = c.ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(a.status == 500);
    CHECK((a.head + a.body).find("hunter2") == std::string::npos);
    CHECK(c.ask("GET /next HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);

    server::http_server throws_at_once(io.executor(), server::server_options(),
        [](server::request) -> asio::awaitable<server::response> { throw 42; });
    CHECK(client(throws_at_once.port()).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 500);
}

TEST_CASE("http_server: a response with a line break in a header is a 500")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    const auto a = c.ask("GET /splits HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(a.status == 500);
    CHECK(a.head.find("Set-Cookie") == std::string::npos);
}

TEST_CASE("http_server: a raw response is written unchanged, then the connection is closed")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    c.send("GET /raw HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(c.rest() == "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort");
    client silent(s.port());
    silent.send("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(silent.rest().empty());
}

TEST_CASE("http_server: many clients on several threads get their own responses")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    std::vector<std::future<int>> clients;
    for (int id = 0; id < 8; ++id)
        clients.push_back(std::async(std::launch::async, [&s, id] {
            client c(s.port());
            int right = 0;
            for (int i = 0; i < 50; ++i) {
                const std::string target = '/' + std::to_string(id) + '/' + std::to_string(i);
                right += c.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET " + target + ' ';
            }
            return right;
        }));
    for (auto& each : clients)
        CHECK(each.get() == 50);
    asio::co_spawn(io.executor(), s.close(), asio::use_future).get();
}
