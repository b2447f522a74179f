#include "integration/server/loopback.hpp"

#include <coauth/coro/call_on.hpp>
#include <coauth/server/http_server.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using namespace std::chrono_literals;

namespace {

// Says what it was asked.
asio::awaitable<server::response> echo(server::request r)
{
    if (r.target == "/throws")
        throw std::runtime_error("token=hunter2");
    server::response out(200, "text/plain", r.method + ' ' + r.target + ' ' + r.body);
    if (r.target == "/splits")
        out.headers.add("X-Split", "a\r\nSet-Cookie: b=c");
    if (r.target == "/raw")
        out.raw = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort";
    if (r.target == "/silent")
        out.raw = "";
    if (r.target == "/nothing") {
        out.status = 204;
        out.body = "not sent";
    }
    if (r.target == "/close")
        out.headers.add("Connection", "close");
    out.headers.add("X-Peer", r.peer + (r.https ? " https" : " http"));
    co_return out;
}

// Holds a request until it is opened.
struct gate {
    explicit gate(asio::any_io_executor executor)
        : strand(asio::make_strand(executor)), timer(strand, asio::steady_timer::time_point::max())
    {}

    asio::any_io_executor strand;
    asio::steady_timer timer;
    bool is_open = false;
    std::promise<void> entered;
    std::promise<bool> left; // true: it was open; false: the handler was cancelled

    static asio::awaitable<void> wait(std::shared_ptr<gate> self)
    {
        self->entered.set_value();
        co_await self->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        self->left.set_value(self->is_open);
    }

    static asio::awaitable<server::response> pass(std::shared_ptr<gate> self, server::request)
    {
        co_await coauth::call_on(self->strand, wait(self));
        co_return server::response(200, "text/plain", "passed");
    }

    static void open(std::shared_ptr<gate> self)
    {
        asio::post(self->strand, [self] {
            self->is_open = true;
            self->timer.cancel();
        });
    }
};

server::handler through(std::shared_ptr<gate> g)
{
    return [g](server::request r) { return gate::pass(g, std::move(r)); };
}

// How many requests had been handled when the server was closed.
asio::awaitable<int> close_and_count(server::http_server& s, const std::atomic<int>& handled)
{
    co_await s.close(1h);
    co_return handled;
}

server::server_options with_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds idle)
{
    server::server_options o;
    o.read_timeout = read;
    o.idle_timeout = idle;
    return o;
}

} // namespace

TEST_CASE("a request is answered, with Date, Content-Length and Connection")
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

TEST_CASE("a connection is kept alive as HTTP/1.1 and HTTP/1.0 say")
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

    client told(s.port());
    CHECK(told.ask("GET /close HTTP/1.1\r\nHost: x\r\n\r\n").header("connection") == "close");
    CHECK(told.rest().empty());
}

TEST_CASE("pipelined requests are answered in order, however they are cut into pieces")
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

TEST_CASE("HEAD gets the header of the answer and not its body")
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

TEST_CASE("a request that breaks the rules gets its status and a closed connection")
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
        {400, "GET http://x/ HTTP/1.1\r\n" + host + "\r\n"},
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

TEST_CASE("a client that is refused may finish its sentence")
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

TEST_CASE("limits are those of the options, to the byte")
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

TEST_CASE("a client that expects 100-continue gets it before the answer")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    CHECK(c.ask("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").status == 100);
    CHECK(c.ask("hello").body == "POST / hello");
}

TEST_CASE("a request that takes too long is answered 408, and a client that says nothing is let go")
{
    loopback::threads io;
    server::http_server s(io.executor(), with_timeouts(50ms, 50ms), echo);

    client half_head(s.port());
    CHECK(half_head.ask("GET / HT").status == 408);
    CHECK(half_head.rest().empty());

    client half_body(s.port());
    CHECK(half_body.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe").status == 408);

    // A bare line feed ends no line: the first is no request, the second is still arriving.
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

TEST_CASE("a client that does not read its answer is cut at the write timeout")
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

TEST_CASE("an exception of the handler becomes a 500 without its text")
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

TEST_CASE("an answer with a line break in a header becomes a 500")
{
    loopback::threads io;
    server::http_server s(io.executor(), server::server_options(), echo);
    client c(s.port());
    const auto a = c.ask("GET /splits HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(a.status == 500);
    CHECK(a.head.find("Set-Cookie") == std::string::npos);
}

TEST_CASE("a raw answer is written as it stands, then the connection is closed")
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

TEST_CASE("connections over the limit are closed at once, and one that ends makes room")
{
    server::server_options o;
    o.max_connections = 2;
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    const std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    client first(s.port());
    CHECK(first.ask(question).status == 200);
    client second(s.port());
    CHECK(second.ask(question).status == 200);
    client third(s.port());
    CHECK(third.rest().empty());
    CHECK(first.ask(question).status == 200);
    CHECK(second.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status == 200);
    CHECK(second.rest().empty());

    // The end of a connection and its place being free are two moments: ask until there is room.
    int status = 0;
    while (status == 0) {
        client next(s.port());
        status = next.ask(question).status;
    }
    CHECK(status == 200);
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

TEST_CASE("closing lets the requests under way finish and ends idle connections")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    auto s = std::make_unique<server::http_server>(io.executor(), server::server_options(), through(g));
    client idle(s->port());
    client busy(s->port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();

    auto closed = asio::co_spawn(io.executor(), s->close(1h), asio::use_future);
    CHECK(idle.rest().empty());
    CHECK(closed.wait_for(0s) == std::future_status::timeout);
    gate::open(g);
    closed.get();
    const auto a = busy.receive();
    CHECK(a.body == "passed");
    CHECK(a.header("connection") == "close");
    CHECK(busy.rest().empty());

    boost::system::error_code refused;
    asio::io_context other;
    asio::ip::tcp::socket late(other);
    late.connect({asio::ip::make_address("127.0.0.1"), s->port()}, refused);
    CHECK(refused == asio::error::connection_refused);
}

TEST_CASE("closing cuts what is still busy after the grace, and the handler is cancelled")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    server::http_server s(io.executor(), server::server_options(), through(g));
    client busy(s.port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();
    asio::co_spawn(io.executor(), s.close(0ms), asio::use_future).get();
    CHECK_FALSE(g->left.get_future().get());
    CHECK(busy.receive().status == 0);
    asio::co_spawn(io.executor(), s.close(), asio::use_future).get();
}

TEST_CASE("a request that has arrived when the server closes is answered before it is closed")
{
    asio::io_context io(1);
    std::atomic<int> handled = 0;
    server::http_server s(io.get_executor(), server::server_options(), [&](server::request r) {
        ++handled;
        return echo(std::move(r));
    });
    // Connected and sent, while the server has not even been told of the connection.
    client c(s.port());
    c.send("GET /in-time HTTP/1.1\r\nHost: x\r\n\r\n");
    auto closed = asio::co_spawn(io, close_and_count(s, handled), asio::use_future);
    auto answer = std::async(std::launch::async, [&] { return c.receive(); });
    io.run();
    CHECK(closed.get() == 1);
    CHECK(answer.get().body == "GET /in-time ");
}

TEST_CASE("a server can be destroyed while its handlers run")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    auto s = std::make_unique<server::http_server>(io.executor(), server::server_options(), through(g));
    client waiting(s->port());
    waiting.send("GET / HTT");
    client busy(s->port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();
    s.reset();
    CHECK(waiting.rest().empty());
    gate::open(g);
    CHECK(busy.receive().body == "passed");
    CHECK(busy.rest().empty());
    io.finish();
}

TEST_CASE("a server can be destroyed with its context, at any step")
{
    for (int steps = 0; steps < 40; ++steps) {
        asio::io_context io(1);
        server::http_server s(io.get_executor(), server::server_options(), echo);
        client c(s.port());
        c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT");
        for (int i = 0; i < steps; ++i)
            io.poll_one();
    }
}

TEST_CASE("many clients on several threads each get their own answers")
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
