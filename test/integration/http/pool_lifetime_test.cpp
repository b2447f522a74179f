// What a pool holds of its context, and callers that go on after errors.
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

using namespace coauth;
namespace asio = boost::asio;
using http::connection_pool;

TEST_CASE("connection_pool: one that was closed may outlive its context")
{
    std::optional<connection_pool> pool;
    {
        asio::io_context context;
        scripted_peer peer(context, echo);
        pool.emplace(context.get_executor());
        play(context, [&]() -> asio::awaitable<void> {
            co_await pool->send(get(peer.origin()));
            co_await pool->close();
        });
        CHECK(pool->stats().open == 0);
    }
    pool.reset();
}

TEST_CASE("connection_pool: a caller may go on after any number of refused requests")
{
    constexpr int most = 20'000; // each deeper in the stack would be too many
    asio::io_context context;
    scripted_peer peer(context, echo);
    connection_pool pool(context.get_executor());
    int refused = 0;
    play(context, [&]() -> asio::awaitable<void> {
        for (int i = 0; i < most; ++i) {
            auto request = get(peer.origin(), "no slash");
            const auto sent = co_await as_result(pool.send(std::move(request)));
            refused += sent ? 0 : 1;
        }
    });
    CHECK(refused == most);
    CHECK(pool.stats().connected == 0);
}

TEST_CASE("connection_pool: its executor may be a context's, a strand, or a strand of any executor")
{
    asio::io_context context;
    scripted_peer peer(context, echo);
    const asio::any_io_executor any = context.get_executor();
    for (const asio::any_io_executor& executor :
        {any, asio::any_io_executor(asio::make_strand(context)), asio::any_io_executor(asio::make_strand(any))}) {
        connection_pool pool(executor);
        play(context, [&]() -> asio::awaitable<void> {
            for (const std::string target : {"/a", "/b"}) {
                const auto r = co_await pool.send(get(peer.origin(), target));
                CHECK(r.body == target);
            }
            co_await pool.close();
        });
        CHECK(pool.stats().reused == 1);
        CHECK(pool.stats().open == 0);
    }
}
