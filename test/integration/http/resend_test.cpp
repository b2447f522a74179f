// When a request is sent a second time.
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

using namespace coauth;
namespace asio = boost::asio;
using http::connection_pool;

TEST_CASE("connection_pool: a GET that is lost on a kept-alive connection is sent again once, renewed")
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
        scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
            if (connection.number > row.dead_connections) {
                co_await echo(connection);
                co_return;
            }
            for (int i = 0; connection.number == 1 && i < row.answered_on_first; ++i) {
                co_await connection.request();
                co_await connection.send(response_text("first"));
            }
            co_await connection.request();
            co_await connection.send(row.half_answer);
        });
        connection_pool pool(context.get_executor());
        int renewed = 0;
        play(context, [&]() -> asio::awaitable<void> {
            if (row.answered_on_first != 0)
                co_await pool.send(get(peer.origin()));
            auto request = get(peer.origin(), "/second", row.method);
            request.headers.add("X-Nonce", "one");
            request.renew = [&](http::request& changed) {
                ++renewed;
                changed.headers.set("X-Nonce", "two");
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

TEST_CASE("connection_pool: a renewed request keeps its origin and method, and is checked")
{
    using change = std::function<void(http::request&)>;
    const change changes[] = {
        [](http::request& r) { r.origin.port = 1; },
        [](http::request& r) { r.method = "POST"; },
        [](http::request& r) { r.headers.set("X", "a\r\nb"); },
    };
    for (const auto& renew : changes) {
        asio::io_context context;
        scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
            co_await connection.request();
            co_await connection.send(response_text("first"));
            co_await connection.request();
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
