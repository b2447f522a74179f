// Reuse, order, sending again, closing: over plain http, where the peer can do what it likes.
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/post.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::connection_pool;

namespace {

http::request get(http::origin to, std::string target = "/", std::string method = "GET")
{
    http::request r;
    r.origin = std::move(to);
    r.target = std::move(target);
    r.method = std::move(method);
    return r;
}

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

TEST_CASE("a kept-alive connection is used again")
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

TEST_CASE("at most N connections per origin, and those who wait are served in order")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    connection_pool one(context.get_executor(), at_most(1));
    connection_pool three(context.get_executor(), at_most(3));
    constexpr int requests = 20;
    int answered = 0;
    const auto send = [&](connection_pool& pool, int n) -> asio::awaitable<void> {
        const auto target = "/" + std::to_string(n);
        const auto r = co_await pool.send(get(peer.origin(), target));
        CHECK(r.body == target);
        if (++answered == 2 * requests)
            context.stop();
    };
    for (int n = 0; n < requests; ++n)
        asio::co_spawn(context, send(one, n), asio::detached);
    context.run_for(0s);
    while (answered < requests)
        context.run_one();
    REQUIRE(peer.log().requests.size() == requests);
    for (std::size_t n = 0; n < requests; ++n)
        CHECK(peer.log().requests[n].starts_with("GET /" + std::to_string(n) + " HTTP/1.1\r\n"));
    CHECK(one.stats().connected == 1);

    for (int n = 0; n < requests; ++n)
        asio::co_spawn(context, send(three, n), asio::detached);
    context.run();
    CHECK(answered == 2 * requests);
    CHECK(three.stats().connected == 3);
    CHECK(three.stats().waiting == 0);
    CHECK(peer.log().connections == 4);
}

TEST_CASE("a name with several addresses is tried until one answers")
{
    asio::io_context context;
    scripted_peer peer(context, echo); // on IPv4 only, whatever comes first for the name
    connection_pool pool(context.get_executor());
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin("localhost"), "/a"));
        CHECK(r.body == "/a");
    });
    CHECK(peer.log().requests.at(0).find("Host: localhost:") != std::string::npos);
}

TEST_CASE("where nobody listens, no connection is made")
{
    asio::io_context context;
    connection_pool pool(context.get_executor());
    // Bound, so that nobody else gets the port, and not listening.
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

TEST_CASE("what could split a request puts no byte on the wire")
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

TEST_CASE("a redirect is given back, and not followed")
{
    asio::io_context context;
    scripted_peer evil(context, echo);
    const std::string location = evil.origin().url();
    scripted_peer peer(context, [&](peer_line& line) -> asio::awaitable<void> {
        co_await line.request();
        co_await line.say("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
        co_await line.silence();
    });
    connection_pool pool(context.get_executor());
    play(context, [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin()));
        CHECK(r.status == 302);
        CHECK(r.headers.get("location") == location);
    });
    CHECK(evil.log().connections == 0);
}

TEST_CASE("a request that dies on a kept-alive connection is sent again if it is a GET, once, and renewed")
{
    struct row {
        const char* method;
        int answered_on_first; // requests the first connection answers before it dies
        int dead_connections;
        const char* half_answer;
        bool ok;
        std::size_t sent;
        int renewed;
    };
    const row rows[] = {
        {"GET", 1, 1, "", true, 3, 1},
        {"GET", 1, 2, "", false, 3, 1},  // once
        {"GET", 1, 1, "H", false, 2, 0}, // it had begun to answer
        {"GET", 1, 1, "HTTP/1.1 100 Continue\r\n\r\n", false, 2, 0},
        {"GET", 0, 1, "", false, 1, 0},  // not a kept-alive connection
        {"POST", 1, 1, "", false, 2, 0}, // it may have been carried out
        {"DELETE", 1, 1, "", false, 2, 0},
        {"PUT", 1, 1, "", false, 2, 0},
        {"HEAD", 1, 1, "", false, 2, 0},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.half_answer);
        asio::io_context context;
        scripted_peer peer(context, [&](peer_line& line) -> asio::awaitable<void> {
            if (line.number > row.dead_connections) {
                co_await echo(line);
                co_return;
            }
            for (int i = 0; line.number == 1 && i < row.answered_on_first; ++i) {
                co_await line.request();
                co_await line.say(answer("first"));
            }
            co_await line.request();
            co_await line.say(row.half_answer);
        });
        connection_pool pool(context.get_executor());
        int renewed = 0;
        play(context, [&]() -> asio::awaitable<void> {
            if (row.answered_on_first != 0)
                co_await pool.send(get(peer.origin()));
            auto request = get(peer.origin(), "/second", row.method);
            request.headers.add("X-Nonce", "one");
            request.renew = [&](http::request& again) {
                ++renewed;
                again.headers.set("X-Nonce", "two");
            };
            const auto r = co_await as_result(pool.send(std::move(request)));
            CHECK(r.has_value() == row.ok);
            if (r)
                CHECK(r->body == "/second");
            else
                CHECK(r.error().reason() == errc::connection_lost);
        });
        CHECK(peer.log().requests.size() == row.sent);
        CHECK(renewed == row.renewed);
        CHECK(pool.stats().sent_again == static_cast<std::size_t>(row.renewed));
        if (row.renewed != 0) {
            CHECK(peer.log().requests.at(1).find("X-Nonce: one") != std::string::npos);
            CHECK(peer.log().requests.at(2).find("X-Nonce: two") != std::string::npos);
        }
    }
}

TEST_CASE("a renewed request may go nowhere else, and must be fit for the wire")
{
    using change = std::function<void(http::request&)>;
    const change changes[] = {
        [](http::request& r) { r.origin.port = 1; },
        [](http::request& r) { r.method = "POST"; },
        [](http::request& r) { r.headers.set("X", "a\r\nb"); },
    };
    for (const auto& renew : changes) {
        asio::io_context context;
        scripted_peer peer(context, [&](peer_line& line) -> asio::awaitable<void> {
            co_await line.request();
            co_await line.say(answer("first"));
            co_await line.request();
        });
        connection_pool pool(context.get_executor());
        play(context, [&]() -> asio::awaitable<void> {
            co_await pool.send(get(peer.origin()));
            auto request = get(peer.origin());
            request.renew = renew;
            const auto r = co_await as_result(pool.send(std::move(request)));
            REQUIRE_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::invalid_argument);
        });
        CHECK(peer.log().connections == 1);
    }
}

TEST_CASE("an idle connection that was closed, or has something to say, is not used")
{
    for (const std::string& unasked : {std::string(), answer("unasked"), std::string("x")}) {
        asio::io_context context;
        bool said = false;
        bool go_on = false;
        scripted_peer peer(context, [&](peer_line& line) -> asio::awaitable<void> {
            if (line.number > 1) {
                co_await echo(line);
                co_return;
            }
            co_await line.request();
            co_await line.say(answer("first"));
            co_await until(go_on);
            if (unasked.empty())
                line.hang_up();
            else
                co_await line.say(unasked);
            said = true;
            co_await line.silence();
        });
        connection_pool pool(context.get_executor());
        play(context, [&]() -> asio::awaitable<void> {
            co_await pool.send(get(peer.origin()));
            CHECK(pool.stats().idle == 1);
            go_on = true;
            co_await until(said);
            // A POST: it would be lost if it went over the old connection.
            const auto r = co_await pool.send(get(peer.origin(), "/second", "POST"));
            CHECK(r.body == "/second");
        });
        CHECK(peer.log().connections == 2);
        CHECK(pool.stats().reused == 0);
        CHECK(pool.stats().sent_again == 0);
    }
}

TEST_CASE("closing refuses what is new and waits for what is not, the queue included")
{
    asio::io_context context;
    bool go_on = false;
    scripted_peer peer(context, [&](peer_line& line) -> asio::awaitable<void> {
        co_await until(go_on);
        co_await echo(line);
    });
    connection_pool pool(context.get_executor(), at_most(1));
    int answered = 0;
    const auto send = [&]() -> asio::awaitable<void> {
        const auto r = co_await pool.send(get(peer.origin(), "/late"));
        CHECK(r.body == "/late");
        ++answered;
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
            go_on = true;
        };
        asio::co_spawn(executor, late(), asio::detached);
        co_await pool.close();
        CHECK(refused);
        CHECK(answered == 3);
        CHECK(pool.stats().open == 0);
        co_await pool.close(); // again: nothing to wait for
    });
}

TEST_CASE("a pool may go while its requests are under way, and between making and awaiting one")
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

TEST_CASE("a suspended request is given up with its context")
{
    std::optional<connection_pool> pool;
    asio::io_context context;
    scripted_peer peer(context, [](peer_line& line) -> asio::awaitable<void> { co_await line.silence(); });
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

TEST_CASE("options out of range, and proxies that can't be, are refused")
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
    CHECK(refused([](http::pool_options& o) { o.trust = http::tls_trust::ca_file("/nowhere.pem"); }));
    for (const char* proxy :
        {"proxy.example:3128", "https://proxy.example", "http://a:b@proxy.example", "http://p/x", "x"})
        CHECK(refused([&](http::pool_options& o) { o.proxy = proxy; }));
}
