// More connections than the server takes.
#include "integration/server/echo.hpp"
#include "integration/server/gate.hpp"
#include "integration/server/loopback.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using loopback::gate;
using namespace std::chrono_literals;

namespace {

const std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

server::server_options at_most(std::size_t connections, std::size_t per_address = 0)
{
    server::server_options o;
    o.max_connections = connections;
    o.max_connections_per_address = per_address;
    return o;
}

// What the server did is seen by its client a moment before it is counted, or after: asks until it is so.
template <class Condition>
void until(const server::http_server& s, Condition holds)
{
    while (!holds(s.stats()))
        std::this_thread::yield();
}

void close(loopback::threads& io, server::http_server& s)
{
    asio::co_spawn(io.executor(), s.close(1h), asio::use_future).get();
}

} // namespace

TEST_CASE("http_server: at the limit the connection that has been idle longest makes room")
{
    loopback::threads io;
    server::http_server s(io.executor(), at_most(2), echo);
    client first(s.port());
    CHECK(first.ask(question).status == 200);
    client second(s.port());
    CHECK(second.ask(question).status == 200);
    until(s, [](const server::server_stats& now) { return now.idle == 2; });
    CHECK(first.ask(question).status == 200);
    until(s, [](const server::server_stats& now) { return now.idle == 2; });

    client third(s.port());
    CHECK(third.ask(question).status == 200);
    CHECK(second.rest().empty());
    CHECK(second.plain.end == asio::error::eof);
    CHECK(first.ask(question).status == 200);

    // Those that never said a word are idle, too.
    until(s, [](const server::server_stats& now) { return now.idle == 2 && now.open == 2; });
    std::deque<client> silent;
    for (int i = 0; i < 10; ++i) {
        silent.emplace_back(s.port());
        until(s, [&](const server::server_stats& now) { return now.accepted == 4U + static_cast<unsigned>(i); });
        until(s, [](const server::server_stats& now) { return now.open == 2; });
    }
    for (int i = 0; i < 8; ++i)
        CHECK(silent[static_cast<std::size_t>(i)].rest().empty());
    CHECK(silent[9].ask(question).status == 200);
    const auto all = s.stats();
    CHECK(all.accepted == 13);
    CHECK(all.evicted == 11);
    CHECK(all.refused_full == 0);
}

TEST_CASE("http_server: at the limit with no idle connection a new one is closed, and requests in progress finish")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    server::http_server s(io.executor(), at_most(2), loopback::through(g));
    client holding(s.port());
    holding.send(question);
    g->entered.get_future().get();
    client arriving(s.port());
    arriving.send("GET / HT");
    until(s, [](const server::server_stats& now) { return now.open == 2 && now.idle == 0; });

    for (int i = 0; i < 5; ++i) {
        client refused(s.port());
        refused.rest();
    }
    CHECK(s.stats().refused_full == 5);
    CHECK(s.stats().evicted == 0);
    gate::open(g);
    CHECK(holding.receive().body == "passed");

    // It is idle now, and the next one is let in.
    until(s, [](const server::server_stats& now) { return now.idle == 1; });
    client next(s.port());
    CHECK(holding.rest().empty());
    until(s, [](const server::server_stats& now) { return now.accepted == 3; });
    CHECK(s.stats().answered == 1);
}

TEST_CASE("http_server: a connection that ends makes room")
{
    loopback::threads io;
    server::http_server s(io.executor(), at_most(1), echo);
    for (int i = 0; i < 20; ++i) {
        client c(s.port());
        CHECK(c.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status == 200);
        CHECK(c.rest().empty());
        until(s, [](const server::server_stats& now) { return now.open == 0; });
    }
    CHECK(s.stats().accepted == 20);
    CHECK(s.stats().answered == 20);
    CHECK(s.stats().evicted == 0);
}

TEST_CASE("http_server: an address has its own limit, to which other addresses do not count")
{
    loopback::threads io;
    server::http_server s(io.executor(), at_most(100, 2), echo);
    std::deque<client> greedy;
    for (int i = 0; i < 2; ++i)
        CHECK(greedy.emplace_back(s.port()).ask(question).status == 200);
    for (int i = 0; i < 10; ++i) {
        client refused(s.port());
        refused.rest();
    }
    CHECK(s.stats().refused_by_address == 10);
    client other(s.port(), "127.0.0.1", "127.0.0.2");
    CHECK(other.ask(question).header("x-peer") == "127.0.0.2 http");
    CHECK(greedy.back().ask(question).status == 200);

    greedy.pop_front();
    until(s, [](const server::server_stats& now) { return now.open == 2; });
    client next(s.port());
    CHECK(next.ask(question).status == 200);
}

TEST_CASE("http_server: in a flood of connections each response is whole and its client's own")
{
    loopback::threads io;
    server::http_server s(io.executor(), at_most(8), echo);
    std::atomic<int> right = 0, none = 0, wrong = 0;
    std::vector<std::thread> crew;
    for (int t = 0; t < 6; ++t)
        crew.emplace_back([&, t] {
            std::deque<client> kept;
            for (int i = 0; i < 150; ++i) {
                const std::string target = "/" + std::to_string(t) + "-" + std::to_string(i);
                if (kept.size() == 4)
                    kept.pop_front();
                client& c = kept.emplace_back(s.port());
                // An idle connection may be closed at any moment; half an answer, or another's, never comes.
                for (client* each : {&c, &kept.front()}) {
                    const auto a = each->ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
                    if (a.status == 0)
                        ++none;
                    else if (a.status == 200 && a.body == "GET " + target + ' ')
                        ++right;
                    else
                        ++wrong;
                }
            }
        });
    for (auto& each : crew)
        each.join();
    close(io, s);
    CHECK(wrong == 0);
    CHECK(right > 0);
    CHECK(right + none == 1800);
    const auto all = s.stats();
    CHECK(all.open == 0);
    CHECK(all.idle == 0);
    CHECK(all.evicted > 0);
    CHECK(all.answered >= static_cast<std::uint64_t>(right.load()));
    MESSAGE("answered " << right.load() << ", closed " << none.load() << ", evicted " << all.evicted);
}
