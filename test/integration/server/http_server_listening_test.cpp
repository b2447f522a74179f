// Where the server listens, and whom it lets in.
#include "integration/server/echo.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/server/callback_listener.hpp>
#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <future>
#include <sys/resource.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using namespace std::chrono_literals;

namespace {

// While it lives, the process can open no further file.
class no_free_descriptor {
public:
    no_free_descriptor()
    {
        getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(STDIN_FILENO);
        ::close(lowest_free);
        rlimit none = before_;
        none.rlim_cur = static_cast<rlim_t>(lowest_free);
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~no_free_descriptor() { setrlimit(RLIMIT_NOFILE, &before_); }

    no_free_descriptor(const no_free_descriptor&) = delete;
    no_free_descriptor& operator=(const no_free_descriptor&) = delete;

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("http_server: starting without a free descriptor is a typed error with a hint")
{
    using start = void (*)(asio::io_context&);
    const start each[] = {
        [](asio::io_context& io) { server::http_server(io.get_executor(), server::server_options(), echo); },
        [](asio::io_context& io) { server::callback_listener(io.get_executor(), "http://127.0.0.1:0/callback"); },
        [](asio::io_context& io) { coauth::sandbox::provider(io.get_executor(), coauth::sandbox::options()); },
        [](asio::io_context& io) {
            coauth::http::pool_options o;
            o.trust = coauth::http::tls_trust::ca_file("/dev/null");
            coauth::http::connection_pool(io.get_executor(), std::move(o));
        }};
    for (const bool reactor : {false, true})
        for (const start& s : each) {
            asio::io_context io;
            std::optional<asio::steady_timer> timer;
            if (reactor)
                timer.emplace(io); // with it Asio has opened its own files
            const no_free_descriptor exhausted;
            try {
                s(io);
                FAIL_CHECK("nothing was thrown");
            } catch (const coauth::error& e) {
                CHECK(e.reason() == coauth::errc::invalid_argument);
                CHECK(e.hint());
            }
        }

    asio::io_context io;
    const no_free_descriptor exhausted;
    try {
        server::http_server s(io.get_executor(), server::server_options(), echo);
    } catch (const coauth::error& e) {
        CHECK(e.message() == "starting the HTTP server failed: Too many open files");
        CHECK(e.hint() == "raise the limit of open files (ulimit -n), or close some");
    }
}

TEST_CASE("http_server: a failure to listen names its reason")
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
    CHECK(reason(o) == "invalid_argument: the address to listen on is not an IP address: localhost");

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

TEST_CASE("http_server: it listens on IPv6, with brackets in the URL")
{
    server::server_options o;
    o.address = "::1";
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    CHECK(s.url() == "http://[::1]:" + std::to_string(s.port()));
    client c(s.port(), "::1");
    CHECK(c.ask("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n").header("x-peer") == "::1 http");
}

TEST_CASE("http_server: without free descriptors accepting pauses, and continues later")
{
    asio::io_context io(1);
    server::http_server s(io.get_executor(), server::server_options(), echo);
    client c(s.port());

    // With the client waiting in the backlog, a few steps are an accept that fails, and then rest.
    std::size_t steps = 0;
    {
        const no_free_descriptor exhausted;
        while (steps < 1000 && io.poll() > 0)
            ++steps;
    }
    CHECK(steps < 1000);

    c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto answer = std::async(std::launch::async, [&] { return c.receive().status; });
    auto closed = asio::co_spawn(io, s.close(1h), asio::use_future);
    io.run();
    CHECK(answer.get() == 200);
}

TEST_CASE("http_server: without free descriptors the connection that has been idle longest makes room")
{
    asio::io_context io(1);
    server::http_server s(io.get_executor(), server::server_options(), echo);
    std::deque<client> idle;
    while (idle.size() < 2) {
        idle.emplace_back(s.port());
        while (s.stats().open < idle.size())
            io.run_one();
    }
    client next(s.port());
    next.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    {
        const no_free_descriptor exhausted;
        for (int steps = 0; steps < 100 && s.stats().answered == 0; ++steps)
            io.run_one();
    }
    const server::server_stats now = s.stats();
    REQUIRE(now.answered == 1);
    CHECK(now.evicted == 1);
    CHECK(now.open == 2);
    CHECK(next.receive().status == 200);
    CHECK(idle.front().rest().empty());
    CHECK(idle.front().plain.end == asio::error::eof);
}
