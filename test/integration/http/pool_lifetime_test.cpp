// What a pool holds of its context, and callers that go on after errors.
#include "scripted_peer.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
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

TEST_CASE("connection_pool: a call that is never awaited may outlive the context of a pool that was closed")
{
    std::optional<connection_pool> pool;
    std::optional<asio::awaitable<http::response>> never_awaited;
    {
        asio::io_context context;
        pool.emplace(context.get_executor());
        http::request request;
        request.origin.host = "api.example";
        never_awaited.emplace(pool->send(std::move(request)));
        play(context, [&]() -> asio::awaitable<void> { co_await pool->close(); });
    }
    never_awaited.reset();
    pool.reset();
}

TEST_CASE("connection_pool: one whose close was cancelled may outlive its context once its calls have ended")
{
    std::optional<connection_pool> pool;
    {
        asio::io_context context;
        scripted_peer peer(context, [](peer_connection& connection) -> asio::awaitable<void> {
            co_await connection.request();
            connection.close();
        });
        pool.emplace(context.get_executor());
        bool ended = false;
        asio::co_spawn(context, pool->send(get(peer.origin(), "/", "POST")),
            [&](const std::exception_ptr&, const http::response&) { ended = true; });
        while (pool->stats().connected == 0)
            context.run_one();
        asio::cancellation_signal signal;
        bool cancelled = false;
        asio::co_spawn(context, pool->close(),
            asio::bind_cancellation_slot(
                signal.slot(), [&](const std::exception_ptr& e) { cancelled = e != nullptr; }));
        context.poll_one();
        signal.emit(asio::cancellation_type::terminal);
        while (!ended || !cancelled)
            context.run_one();
        context.poll();
    }
    pool.reset();
}

namespace {

// `held` goes with the coroutine.
asio::awaitable<void> send_and_hold(connection_pool* pool, http::request request, std::shared_ptr<int> held)
{
    co_await pool->send(std::move(request));
    held.reset();
}

} // namespace

TEST_CASE("connection_pool: with its context a call is destroyed at each step, its caller's coroutine too")
{
    bool waiting = true;
    for (int steps = 0; waiting; ++steps) {
        CAPTURE(steps);
        std::weak_ptr<int> callers[3];
        {
            std::optional<connection_pool> pool;
            asio::io_context context;
            scripted_peer peer(context, echo);
            http::pool_options options;
            options.max_connections_per_origin = 1; // the second and third wait for the first's slot
            pool.emplace(context.get_executor(), options);
            for (std::weak_ptr<int>& caller : callers) {
                auto held = std::make_shared<int>();
                caller = held;
                asio::co_spawn(
                    context, send_and_hold(&*pool, get(peer.origin(), "/a"), std::move(held)), asio::detached);
            }
            for (int i = 0; i < steps; ++i)
                context.run_one_for(std::chrono::seconds(10));
            waiting = std::any_of(callers, callers + 3, [](const auto& caller) { return !caller.expired(); });
            pool.reset();
        }
        for (const std::weak_ptr<int>& caller : callers)
            CHECK(caller.expired());
        REQUIRE(steps < 1000);
    }
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
