// Reuse, order, closing: over plain http, where the peer can do what it likes.
#include "scripted_peer.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::connection_pool;

namespace {

http::pool_options at_most(std::size_t connections)
{
    http::pool_options o;
    o.max_connections_per_origin = connections;
    return o;
}

// Lets everything else run until `flag` is set.
asio::awaitable<void> until(const bool& flag)
{
    auto executor = co_await asio::this_coro::executor;
    while (!flag)
        co_await asio::post(executor, asio::use_awaitable);
}

} // namespace

TEST_CASE("connection_pool: a kept-alive connection is used again")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    connection_pool pool(context.get_executor());
    play(context, [&]() -> asio::awaitable<void> {
        for (const std::string target : {"/a", "/b?c=d", "/e"}) {
            const auto r = co_await pool.send(get(peer.origin(), target));
            CHECK(r.status == 200);
            CHECK(r.body == target);
        }
    });
    CHECK(peer.log().connections == 1);
    CHECK(pool.stats().connected == 1);
    CHECK(pool.stats().reused == 2);
    CHECK(pool.stats().idle == 1);
    CHECK(pool.stats().open == 1);
}

TEST_CASE("connection_pool: there are at most N connections per origin, and requests that wait are served in order")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    connection_pool single(context.get_executor(), at_most(1));
    connection_pool three(context.get_executor(), at_most(3));
    constexpr int requests = 20;
    int responses = 0;
    const auto send = [&](connection_pool& pool, int n) -> asio::awaitable<void> {
        const auto target = "/" + std::to_string(n);
        const auto r = co_await pool.send(get(peer.origin(), target));
        CHECK(r.body == target);
        if (++responses == 2 * requests)
            context.stop();
    };
    for (int n = 0; n < requests; ++n)
        asio::co_spawn(context, send(single, n), asio::detached);
    context.run_for(0s);
    while (responses < requests)
        context.run_one();
    REQUIRE(peer.log().requests.size() == requests);
    for (std::size_t n = 0; n < requests; ++n)
        CHECK(peer.log().requests[n].starts_with("GET /" + std::to_string(n) + " HTTP/1.1\r\n"));
    CHECK(single.stats().connected == 1);

    for (int n = 0; n < requests; ++n)
        asio::co_spawn(context, send(three, n), asio::detached);
    context.run();
    CHECK(responses == 2 * requests);
    CHECK(three.stats().connected == 3);
    CHECK(three.stats().waiting == 0);
    CHECK(peer.log().connections == 4);
}

TEST_CASE("connection_pool: the addresses of a name are tried until one accepts")
{
    asio::io_context context;
    scripted_peer peer(context, echo); // on IPv4 only, also if an IPv6 address of the name comes first
    connection_pool pool(context.get_executor());
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin("localhost"), "/a"));
        CHECK(r.body == "/a");
    });
    CHECK(peer.log().requests.at(0).find("Host: localhost:") != std::string::npos);
}

TEST_CASE("connection_pool: a port without a listener is a transient failure to connect")
{
    asio::io_context context;
    connection_pool pool(context.get_executor());
    // Bound, so that no other process gets the port, and not listening.
    const asio::ip::tcp::socket bound(context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    http::origin nowhere;
    nowhere.host = "127.0.0.1";
    nowhere.port = bound.local_endpoint().port();
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await as_result(pool.send(get(nowhere)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::connect_failed);
        CHECK(is_transient(r.error()));
    });
    CHECK(pool.stats().open == 0);
}

TEST_CASE("connection_pool: a request that could be read as two is refused before an octet is sent")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    connection_pool pool(context.get_executor());
    std::vector<http::request> rows;
    for (const std::string& bad : {std::string("\r\n"), std::string("\n"), std::string("\r"), std::string("\0", 1)}) {
        rows.push_back(get(peer.origin(), "/a" + bad + "X: y"));
        rows.push_back(get(peer.origin(), "/", "GET" + bad));
        auto r = get(peer.origin());
        r.headers.add("X", "a" + bad + "Y: z");
        rows.push_back(r);
        r = get(peer.origin());
        r.headers.add("X" + bad, "a");
        rows.push_back(r);
        r = get(peer.origin());
        r.origin.host += bad;
        rows.push_back(r);
    }
    auto plain = get(peer.origin());
    plain.origin.host = "192.0.2.1";
    rows.push_back(plain);
    play(context, [&]() -> asio::awaitable<void> {
        for (const auto& row : rows) {
            const auto r = co_await as_result(pool.send(row));
            REQUIRE_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::invalid_argument);
        }
    });
    CHECK(peer.log().connections == 0);
    CHECK(pool.stats().connected == 0);
}

TEST_CASE("connection_pool: a redirect is returned, not followed")
{
    asio::io_context context;
    scripted_peer evil(context, echo);
    const std::string location = evil.origin().url();
    scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.send("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
        co_await connection.read_to_end();
    });
    connection_pool pool(context.get_executor());
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin()));
        CHECK(r.status == 302);
        CHECK(r.headers.get("location") == location);
    });
    CHECK(evil.log().connections == 0);
}

TEST_CASE("connection_pool: an idle connection that was closed, or sent octets, is not used")
{
    for (const std::string& unasked : {std::string(), response_text("unasked"), std::string("x")}) {
        asio::io_context context;
        bool sent_unasked = false;
        bool proceed = false;
        scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
            if (connection.number > 1) {
                co_await echo(connection);
                co_return;
            }
            co_await connection.request();
            co_await connection.send(response_text("first"));
            co_await until(proceed);
            if (unasked.empty())
                connection.close();
            else
                co_await connection.send(unasked);
            sent_unasked = true;
            co_await connection.read_to_end();
        });
        connection_pool pool(context.get_executor());
        play(context, [&]() -> asio::awaitable<void> {
            co_await pool.send(get(peer.origin()));
            CHECK(pool.stats().idle == 1);
            proceed = true;
            co_await until(sent_unasked);
            // A POST: it would be lost if it went over the old connection.
            const auto r = co_await pool.send(get(peer.origin(), "/second", "POST"));
            CHECK(r.body == "/second");
        });
        CHECK(peer.log().connections == 2);
        CHECK(pool.stats().reused == 0);
        CHECK(pool.stats().sent_again == 0);
    }
}

TEST_CASE("connection_pool: close refuses new requests and waits for all others, the queue included")
{
    asio::io_context context;
    bool proceed = false;
    scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        co_await until(proceed);
        co_await echo(connection);
    });
    connection_pool pool(context.get_executor(), at_most(1));
    int responses = 0;
    const auto send = [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin(), "/late"));
        CHECK(r.body == "/late");
        ++responses;
    };
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(context, send(), asio::detached);
    play(context, [&]() -> asio::awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        while (pool.stats().waiting != 2)
            co_await asio::post(executor, asio::use_awaitable);
        bool refused = false;
        const auto late = [&]() -> asio::awaitable<void> {
            co_await asio::post(executor, asio::use_awaitable); // until `close` has begun to wait
            const auto r = co_await as_result(pool.send(get(peer.origin())));
            CHECK_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::cancelled);
            refused = true;
            proceed = true;
        };
        asio::co_spawn(executor, late(), asio::detached);
        co_await pool.close();
        CHECK(refused);
        CHECK(responses == 3);
        CHECK(pool.stats().open == 0);
        co_await pool.close(); // again: nothing to wait for
    });
}

TEST_CASE("connection_pool: it may be destroyed while requests are in flight, and before one is awaited")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    play(context, [&]() -> asio::awaitable<void> {
        std::optional<connection_pool> pool(std::in_place, context.get_executor());
        auto op = pool->send(get(peer.origin(), "/orphan"));
        const auto first = co_await pool->send(get(peer.origin(), "/first"));
        pool.reset();
        const auto r = co_await as_result(std::move(op));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::cancelled);
    });
}

TEST_CASE("connection_pool: a suspended request may be destroyed with its context")
{
    std::optional<connection_pool> pool;
    asio::io_context context;
    scripted_peer peer(
        context, [](peer_connection& connection) -> asio::awaitable<void> { co_await connection.read_to_end(); });
    {
        pool.emplace(context.get_executor(), at_most(1));
        for (int i = 0; i < 3; ++i)
            asio::co_spawn(context, pool->send(get(peer.origin())), asio::detached);
        while (pool->stats().waiting != 2)
            context.run_one();
        pool.reset();
    }
    CHECK(peer.log().requests.empty());
}

TEST_CASE("connection_pool: options out of range and malformed proxies are refused")
{
    asio::io_context context;
    const auto refused = [&](const std::function<void(http::pool_options&)>& change) {
        http::pool_options o;
        change(o);
        try {
            connection_pool pool(context.get_executor(), o);
            return false;
        } catch (const error& e) {
            return e.reason() == errc::invalid_argument;
        }
    };
    CHECK_FALSE(refused([](http::pool_options&) {}));
    CHECK(refused([](http::pool_options& o) { o.max_connections_per_origin = 0; }));
    CHECK(refused([](http::pool_options& o) { o.idle_timeout = 0ms; }));
    CHECK(refused([](http::pool_options& o) { o.max_lifetime = -1ms; }));
    CHECK(refused([](http::pool_options& o) { o.connect_timeout = 0ms; }));
    CHECK(refused([](http::pool_options& o) { o.exchange_timeout = 0ms; }));
    CHECK(refused([](http::pool_options& o) { o.total_timeout = std::chrono::milliseconds::max(); }));
    CHECK(refused([](http::pool_options& o) { o.max_header = 1023; }));
    CHECK(refused([](http::pool_options& o) { o.max_body = 0; }));
    CHECK(refused([](http::pool_options& o) { o.clock = nullptr; }));
    CHECK(refused([](http::pool_options& o) { o.trust = http::tls_trust::ca_file("/nowhere.pem"); }));
    for (const char* proxy :
        {"proxy.example:3128", "https://proxy.example", "http://a:b@proxy.example", "http://p/x", "x"})
        CHECK(refused([&](http::pool_options& o) { o.proxy = proxy; }));
}

TEST_CASE("connection_pool: time-outs and the age of connections follow the clock of its options")
{
    asio::io_context context;
    scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        for (;;) {
            const auto request = co_await connection.request();
            if (request.empty())
                co_return;
            if (!request.starts_with("GET /silent"))
                co_await connection.send(response_text("a response"));
        }
    });
    const auto clock = std::make_shared<testing::manual_clock>();
    http::pool_options options;
    options.clock = clock;
    connection_pool pool(context.get_executor(), options);
    std::string result;
    const auto send = [&](std::string target) -> asio::awaitable<void> {
        const auto r = co_await as_result(pool.send(get(peer.origin(), std::move(target))));
        result = r ? r->body : r.error().hint().value_or("no hint");
    };
    // A request that ends after this time of the clock, counted from when the peer has read it.
    const auto result_after = [&](const std::string& target, std::chrono::milliseconds time) {
        result.clear();
        const auto requests = peer.log().requests.size();
        asio::co_spawn(context, send(target), asio::detached);
        context.restart();
        while (peer.log().requests.size() == requests)
            context.run_one();
        clock->advance(time - 1ms);
        while (context.poll_one() != 0 && result.empty())
            ;
        if (target == "/silent")
            CHECK(result.empty());
        clock->advance(1ms);
        context.restart();
        while (result.empty())
            context.run_one();
        return result;
    };
    CHECK(result_after("/silent", 10s) == "the limit was exchange_timeout, 10000 ms");
    CHECK(pool.stats().open == 0);
    CHECK(result_after("/a", 1s) == "a response");
    CHECK(pool.stats().connected == 2);
    clock->advance(48s); // it is idle since at most a second less
    CHECK(result_after("/b", 1s) == "a response");
    CHECK(pool.stats().connected == 2);
    clock->advance(51s);
    CHECK(result_after("/c", 1s) == "a response");
    CHECK(pool.stats().connected == 3);
    while (clock->sleepers() != 0)
        context.run_one();
}

TEST_CASE("connection_pool: a cancelled close says so")
{
    asio::io_context context;
    scripted_peer peer(
        context, [](peer_connection& connection) -> asio::awaitable<void> { co_await connection.read_to_end(); });
    connection_pool pool(context.get_executor());
    bool sent = false;
    asio::co_spawn(
        context, pool.send(get(peer.origin())), [&](std::exception_ptr, const http::response&) { sent = true; });
    while (pool.stats().connected == 0)
        context.run_one();
    asio::cancellation_signal signal;
    bool ended = false;
    std::optional<errc> reason;
    asio::co_spawn(context, pool.close(), asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& e) {
        ended = true;
        try {
            if (e)
                std::rethrow_exception(e);
        } catch (const error& problem) {
            reason = problem.reason();
        }
    }));
    context.poll();
    CHECK_FALSE(ended);
    signal.emit(asio::cancellation_type::terminal);
    while (!ended)
        context.run_one();
    CHECK(reason == errc::cancelled);
    CHECK_FALSE(sent);
}
