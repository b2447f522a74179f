// Clients that take their time, and handlers that do.
#include "integration/server/echo.hpp"
#include "integration/server/gate.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using loopback::gate;
using namespace std::chrono_literals;

namespace {

const std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

// Sends byte after byte, and looks for an answer for a millisecond after each. How many it sent.
int drip(client& c, int most)
{
    pollfd answer{c.plain.stream.native_handle(), POLLIN, 0};
    int sent = 0;
    while (sent < most && c.send("x")) {
        ++sent;
        if (poll(&answer, 1, 1) != 0)
            break;
    }
    return sent;
}

// Until it is cancelled.
asio::awaitable<server::response> answer_never(server::request)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::steady_timer never(executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    co_return server::response();
}

// Sends `text`, unless the server answers or hangs up before it has taken all of it: then false. (A
// plain send may wait for a server that has gone until the kernel has forgotten it, too.)
bool pour(client& c, std::string_view text)
{
    pollfd line{c.plain.stream.native_handle(), POLLIN | POLLOUT, 0};
    while (!text.empty()) {
        if (poll(&line, 1, -1) < 0 || (line.revents & (POLLIN | POLLERR | POLLHUP)) != 0)
            return false;
        const auto took = send(line.fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (took > 0)
            text.remove_prefix(static_cast<std::size_t>(took));
        else if (errno != EAGAIN)
            return false;
    }
    return true;
}

asio::awaitable<server::response> pass_stubbornly(std::shared_ptr<gate> g, server::request r)
{
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    server::response out = co_await gate::pass(g, std::move(r));
    co_return out;
}

} // namespace

TEST_CASE("http_server: a request that arrives octet by octet has the same time limit")
{
    server::server_options o;
    o.read_timeout = 100ms;
    loopback::threads io;
    std::atomic<int> handled = 0;
    server::http_server s(io.executor(), o, [&](server::request r) {
        ++handled;
        return echo(std::move(r));
    });
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (const std::string& beginning : {std::string("GET /"), head + "X: ", head + "Content-Length: 60000\r\n\r\n",
             head + "Transfer-Encoding: chunked\r\n\r\n1000\r\n", head + "Transfer-Encoding: chunked\r\n\r\n1;"}) {
        CAPTURE(beginning);
        client c(s.port());
        c.send(beginning);
        CHECK(drip(c, 4'000) < 4'000);
        const auto a = c.receive();
        CHECK(a.status == 408);
        CHECK(a.header("connection") == "close");
        CHECK(c.rest().empty());
    }
    CHECK(handled == 0);
}

TEST_CASE("http_server: a client that continues to send after its time is cut")
{
    server::server_options o;
    o.read_timeout = 50ms;
    o.max_body = 1024 * 1024 * 1024;
    loopback::threads io;
    server::http_server s(io.executor(), o, echo);
    client c(s.port());
    c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string megabyte(1'000'000, 'x');
    int taken = 0;
    while (taken < 1000 && pour(c, megabyte))
        ++taken;
    CHECK(taken < 1000);
    // It does not delay the end of the server either.
    asio::co_spawn(io.executor(), s.close(1h), asio::use_future).get();
    CHECK(s.stats().open == 0);
}

TEST_CASE("http_server: a handler over the answer timeout is cancelled, and its client gets 504")
{
    server::server_options o;
    o.answer_timeout = 50ms;
    loopback::threads io;
    server::http_server s(io.executor(), o, [](server::request r) {
        const bool never = r.target == "/never";
        return never ? answer_never(std::move(r)) : echo(std::move(r));
    });
    client c(s.port());
    const auto late = c.ask("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(late.status == 504);
    CHECK(late.body == "This server took too long to answer.\n");
    // The request was read whole, so the connection goes on; and a quick handler's own trouble stays a 500.
    CHECK(c.ask(question).status == 200);
    CHECK(c.ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n").status == 500);
}

TEST_CASE("http_server: a handler that can't be cancelled does not hold its client")
{
    server::server_options o;
    o.answer_timeout = 50ms;
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    server::http_server s(io.executor(), o, [g](server::request r) { return pass_stubbornly(g, std::move(r)); });
    client c(s.port());
    CHECK(c.ask(question).status == 0);
    CHECK(s.stats().open == 1);
    gate::open(g);
    CHECK(g->left.get_future().get());
    asio::co_spawn(io.executor(), s.close(1h), asio::use_future).get();
    CHECK(s.stats().open == 0);
    CHECK(s.stats().answered == 0);
}

TEST_CASE("http_server: a thousand cookies are read if they fit, and refused if not")
{
    std::string one_line = "GET / HTTP/1.1\r\nHost: x\r\nCookie: c=0";
    for (int i = 1; i < 1000; ++i)
        one_line += ";c=" + std::to_string(i % 100);
    std::string many_lines = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 1000; ++i)
        many_lines += "Cookie:c=1\r\n";
    CHECK(one_line.size() < 8 * 1024);
    CHECK(many_lines.size() > 8 * 1024);

    server::server_options o;
    loopback::threads io;
    const server::handler count = [](server::request r) -> asio::awaitable<server::response> {
        std::string found = std::to_string(r.headers.count("Cookie")) + ' ';
        found += std::to_string(r.headers.get("Cookie").size());
        co_return server::response(200, "text/plain", std::move(found));
    };
    server::http_server s(io.executor(), o, count);
    CHECK(client(s.port()).ask(one_line + "\r\n\r\n").body ==
          "1 " + std::to_string(one_line.size() - one_line.find("c=0")));
    CHECK(client(s.port()).ask(many_lines + "\r\n").status == 431);

    o.max_header = 16 * 1024;
    server::http_server roomy(io.executor(), o, count);
    CHECK(client(roomy.port()).ask(many_lines + "\r\n").body == "1000 3");
}

TEST_CASE("http_server: a chunk extension of a mebibyte reaches no handler")
{
    loopback::threads io;
    std::atomic<int> handled = 0;
    server::http_server s(io.executor(), server::server_options(), [&](server::request r) {
        ++handled;
        return echo(std::move(r));
    });
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;";
    for (const std::string& extension : {std::string(1024 * 1024, 'x'), "a=\"" + std::string(1024 * 1024, 'x') + '"'}) {
        client c(s.port());
        pour(c, head + extension + "\r\na\r\n0\r\n\r\n");
        // 413, unless the client was still sending when the server had heard enough.
        const int status = c.receive().status;
        CHECK((status == 413 || status == 0));
    }
    CHECK(handled == 0);
    CHECK(client(s.port()).ask(question).status == 200);
}
