// How often a pool asks the system's resolver.
#include "scripted_peer.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::connection_pool;

TEST_CASE("connection_pool: a name is resolved once for the connections of 30 s, and again after none could be made")
{
    asio::io_context context;
    scripted_peer peer(context, [](peer_connection& connection) -> asio::awaitable<void> {
        co_await connection.request();
        co_await connection.send(response_text("hello", "Connection: close\r\n"));
    });
    std::optional<asio::ip::tcp::socket> bound; // a port of its own that does not listen
    bound.emplace(context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    http::origin nowhere = peer.origin("localhost");
    nowhere.port = bound->local_endpoint().port();
    const auto clock = std::make_shared<testing::manual_clock>();
    http::pool_options options;
    options.clock = clock;
    connection_pool pool(context.get_executor(), options);
    const auto connect_to = [&](const http::origin& to) {
        play(context, [&]() -> asio::awaitable<void> {
            const auto r = co_await as_result(pool.send(get(to)));
            CHECK(r.has_value() == (to.port != nowhere.port));
        });
        return pool.stats().resolved;
    };
    const auto named = peer.origin("localhost");
    CHECK(connect_to(named) == 1);
    CHECK(connect_to(named) == 1);
    clock->advance(29s);
    CHECK(connect_to(named) == 1);
    clock->advance(1s);
    CHECK(connect_to(named) == 2);
    CHECK(connect_to(named) == 2);
    CHECK(pool.stats().connected == 5);

    CHECK(connect_to(peer.origin("127.0.0.1")) == 2); // an address is not looked up
    CHECK(connect_to(nowhere) == 3);
    CHECK(connect_to(nowhere) == 4);
    CHECK(connect_to(named) == 4);
    clock->end();
    context.restart();
    context.poll();
}
