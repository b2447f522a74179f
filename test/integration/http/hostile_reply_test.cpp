// Every hostile response is a typed error, and its connection is not used again.
#include "certificates.hpp"
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

enum class then { close, stay, repeat };

// Reading the system's authorities for each pool would take most of the time.
http::pool_options quick()
{
    static const authority trusted;
    http::pool_options o;
    o.trust = http::tls_trust::ca_file(trusted.file());
    return o;
}

// Sends a request whose response is `bytes`, and a second one; returns the result of the first.
std::string after(const std::string& bytes, then next, const http::pool_options& options)
{
    asio::io_context context;
    scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
        if (connection.number > 1) {
            co_await echo(connection);
            co_return;
        }
        co_await connection.request();
        bool open = co_await connection.send(bytes);
        while (open && next == then::repeat)
            open = co_await connection.send(bytes);
        if (next == then::stay)
            co_await connection.read_to_end();
    });
    http::connection_pool pool(context.get_executor(), options);
    std::string result;
    play(context, [&]() -> asio::awaitable<void> {
        const auto first = co_await as_result(pool.send(get(peer.origin(), "/first")));
        result = first ? "done " + std::to_string(first->status) + ' ' + first->body
                       : std::string(name(first.error().reason()));
        const auto second = co_await pool.send(get(peer.origin(), "/second"));
        CHECK(second.body == "/second");
    });
    CHECK(peer.log().connections == 2);
    CHECK(pool.stats().reused == 0);
    return result;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

} // namespace

TEST_CASE("connection_pool: a response cut short at any octet is lost, and its connection is not kept")
{
    const std::string whole = ok + "Content-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        CHECK(after(whole.substr(0, n), then::close, quick()) == "connection_lost");
    }
}

TEST_CASE("connection_pool: a hostile response is a typed error, and its connection is not kept")
{
    auto options = quick();
    options.max_header = 2048;
    options.max_body = 1000;
    options.exchange_timeout = 5s;
    struct row {
        const char* name;
        std::string bytes;
        then next;
        const char* result;
    };
    const std::string kilobyte(1024, 'a');
    const row rows[] = {
        {"garbage", "\x15\x03\x03garbage\r\n\r\n", then::stay, "malformed_response"},
        {"HTML without a header", "<html>hello</html>\r\n\r\n", then::stay, "malformed_response"},
        {"a header without end", "X: " + kilobyte + "\r\n", then::repeat, "malformed_response"},
        {"a long header", ok + "X: " + kilobyte + kilobyte + "\r\n\r\n", then::stay, "response_too_large"},
        {"a long announced body", ok + "Content-Length: 1001\r\n\r\n", then::stay, "response_too_large"},
        {"a long chunked body", ok + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + kilobyte, then::stay,
            "response_too_large"},
        {"a long body to the end of the stream", ok + "\r\n" + kilobyte, then::stay, "response_too_large"},
        {"a body shorter than announced", ok + "Content-Length: 6\r\n\r\nhello", then::close, "connection_lost"},
        {"a body longer than announced", ok + "Content-Length: 5\r\n\r\nhello!", then::stay, "done 200 hello"},
        {"two answers", ok + "Content-Length: 1\r\n\r\na" + ok + "Content-Length: 1\r\n\r\nb", then::stay,
            "done 200 a"},
        {"two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", then::stay, "malformed_response"},
        {"length and chunks", ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", then::stay,
            "malformed_response"},
        {"a body on 204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", then::stay, "done 204 "},
        {"a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", then::stay, "malformed_response"},
        {"interim answers without end", "HTTP/1.1 100 Continue\r\n\r\n", then::repeat, "malformed_response"},
        {"a close", ok + "Connection: close\r\nContent-Length: 1\r\n\r\na", then::stay, "done 200 a"},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", then::stay, "done 200 a"},
        {"a body to the end of the stream", ok + "\r\nhello", then::close, "done 200 hello"},
        {"an end at once", "", then::close, "connection_lost"},
    };
    for (const auto& r : rows) {
        CAPTURE(std::string(r.name));
        CHECK(after(r.bytes, r.next, options) == r.result);
    }
}

TEST_CASE("connection_pool: a response without end is cut at its limit")
{
    auto options = quick();
    const std::string megabyte(1024 * 1024, 'a');
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    CHECK(after(chunked + "1;" + megabyte, then::stay, options) == "response_too_large");
    CHECK(after(chunked + "0\r\nX: " + megabyte, then::stay, options) == "response_too_large");
    CHECK(after(ok + "X: " + megabyte, then::stay, options) == "response_too_large");
}

TEST_CASE("connection_pool: a silent server ends in a time-out, and the error names the limit")
{
    struct row {
        std::chrono::milliseconds exchange, total, own;
        const char* bytes;
        const char* limit;
    };
    const row rows[] = {
        {20ms, 10s, 0ms, "", "exchange_timeout"},
        {20ms, 10s, 0ms, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "exchange_timeout"},
        {20ms, 10s, 0ms, "HTTP/1.1 200 OK\r\n\r\nhell", "exchange_timeout"},
        {10s, 20ms, 0ms, "", "total_timeout"},
        {10s, 10s, 20ms, "", "the deadline of this request"},
        {20ms, 10s, 10s, "", "exchange_timeout"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.limit));
        asio::io_context context;
        scripted_peer peer(context, [&](peer_connection& connection) -> asio::awaitable<void> {
            if (connection.number > 1) {
                co_await echo(connection);
                co_return;
            }
            co_await connection.request();
            co_await connection.send(row.bytes);
            co_await connection.read_to_end();
        });
        auto options = quick();
        options.exchange_timeout = row.exchange;
        options.total_timeout = row.total;
        http::connection_pool pool(context.get_executor(), options);
        play(context, [&]() -> asio::awaitable<void> {
            auto request = get(peer.origin(), "/");
            request.deadline = row.own;
            const auto r = co_await as_result(pool.send(std::move(request)));
            REQUIRE_FALSE(r.has_value());
            CHECK(r.error().reason() == errc::timeout);
            CHECK(r.error().hint().value_or("").find(row.limit) != std::string::npos);
        });
        CHECK(peer.log().requests.size() == 1); // a GET, and still not sent again
        CHECK(pool.stats().open == 0);
    }
}

TEST_CASE("connection_pool: waiting for a connection ends at the total limit, and that request is passed over")
{
    asio::io_context context;
    scripted_peer peer(context, [](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.read_to_end();
    });
    auto options = quick();
    options.max_connections_per_origin = 1;
    http::connection_pool pool(context.get_executor(), options);
    auto slow = get(peer.origin(), "/slow");
    slow.deadline = 60ms;
    asio::co_spawn(context, pool.send(slow), [](std::exception_ptr, const http::response&) {});
    play(context, [&]() -> asio::awaitable<void> {
        auto request = get(peer.origin(), "/");
        request.deadline = 20ms;
        const auto r = co_await as_result(pool.send(std::move(request)));
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason() == errc::timeout);
        CHECK(r.error().message().find("waiting") != std::string::npos);
        co_await pool.close();
    });
    CHECK(peer.log().requests.size() == 1);
}
