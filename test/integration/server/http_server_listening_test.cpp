// Where the server listens, and whom it lets in.
#include "integration/server/echo.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <future>
#include <sys/resource.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using namespace std::chrono_literals;

TEST_CASE("a server that can't listen says why")
{
    asio::io_context io;
    const auto reason = [&](const server::server_options& o) {
        try {
            server::http_server s(io.get_executor(), o, echo);
        } catch (const coauth::error& e) {
            return std::string(coauth::name(e.reason())) + ": " + e.message();
        }
        return std::string();
    };
    server::server_options o;
    o.address = "localhost";
    CHECK(reason(o) == "invalid_argument: the address to listen on is no IP address: localhost");

    o = server::server_options();
    server::http_server first(io.get_executor(), o, echo);
    o.port = first.port();
    CHECK(reason(o).find("can't listen on 127.0.0.1 port " + std::to_string(o.port)) != std::string::npos);

    o = server::server_options();
    o.tls.emplace("not PEM", "not PEM");
    CHECK(reason(o) == "invalid_argument: the certificate of the server can't be read");
    o = server::server_options();
    o.read_timeout = 0ms;
    CHECK(reason(o) == "invalid_argument: a timeout of the server is not positive");
    o = server::server_options();
    o.answer_timeout = -1ms;
    CHECK(reason(o) == "invalid_argument: answer_timeout is negative");
    o = server::server_options();
    o.max_connections = 0;
    CHECK(reason(o) == "invalid_argument: max_connections is 0");
}

TEST_CASE("IPv6 is listened on too, with brackets in the URL")
{
    server::server_options o;
    o.address = "::1";
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    CHECK(s.url() == "http://[::1]:" + std::to_string(s.port()));
    client c(s.port(), "::1");
    CHECK(c.ask("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n").header("x-peer") == "::1 http");
}

TEST_CASE("running out of file descriptors is a pause, not the end")
{
    asio::io_context io(1);
    server::http_server s(io.get_executor(), server::server_options(), echo);
    client c(s.port());

    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const int lowest_free = dup(0);
    close(lowest_free);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(lowest_free);
    setrlimit(RLIMIT_NOFILE, &none);
    // With the client waiting in the backlog, a few steps are an accept that fails, and then rest.
    std::size_t steps = 0;
    while (steps < 1000 && io.poll() > 0)
        ++steps;
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(steps < 1000);

    c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto answer = std::async(std::launch::async, [&] { return c.receive().status; });
    auto closed = asio::co_spawn(io, s.close(1h), asio::use_future);
    io.run();
    CHECK(answer.get() == 200);
}
