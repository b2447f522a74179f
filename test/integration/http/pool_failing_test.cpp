// A lack of memory at each place of a call. The peer runs on a thread of its own, which lacks none.
#include "allocation_failure.hpp"
#include "scripted_peer.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/coro/one_shot.hpp>
#include <coauth/error.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using coauth::testing::allocations_until_failure;
using coauth::testing::memory_shortage;
using http::connection_pool;

namespace {

class peer_thread {
public:
    explicit peer_thread(std::function<asio::awaitable<void>(peer_connection&)> script = echo)
        : peer_(context_, std::move(script)), thread_([this] { context_.run(); })
    {}
    ~peer_thread()
    {
        context_.stop();
        thread_.join();
    }
    peer_thread(const peer_thread&) = delete;
    peer_thread& operator=(const peer_thread&) = delete;

    http::origin origin() const { return peer_.origin(); }

private:
    asio::io_context context_;
    scripted_peer peer_;
    std::thread thread_;
};

asio::awaitable<http::response> send(connection_pool* pool, http::request request, std::size_t failing)
{
    allocations_until_failure = failing;
    http::response response = co_await pool->send(std::move(request));
    co_return response;
}

struct calling {
    calling()
    {
        http::pool_options options;
        options.max_connections_per_origin = 1; // a slot that is lost is missed at once
        pool.emplace(context.get_executor(), options);
    }

    // Gives whether it ended with a response. Allocation number `failing` fails; 0: none.
    bool call(const http::origin& to, std::size_t failing)
    {
        int ended = 0;
        bool responded = false;
        asio::co_spawn(
            context, send(&*pool, get(to, "/a"), failing), [&](std::exception_ptr e, const http::response& r) {
                ++ended;
                responded = !e && r.body == "/a";
            });
        bool left = false;
        try {
            context.restart();
            context.run_for(10s); // returns when nothing is left to do
        } catch (...) {
            left = true;
        }
        reached = allocations_until_failure == 0;
        memory_shortage::end();
        CHECK_FALSE(left);
        CHECK(ended == 1);
        return responded;
    }

    asio::io_context context;
    std::optional<connection_pool> pool;
    bool reached = false; ///< By the last call: the allocation that was to fail.
};

} // namespace

// Asio crashes if it lacks memory for the first strand of a context, so there is one.
TEST_CASE("connection_pool: whichever allocation fails, the call ends, and the next one has its slot")
{
    const peer_thread known, other;
    for (const bool kept : {true, false}) {
        std::size_t failing = 1;
        for (bool reached = true; reached; ++failing) {
            CAPTURE(kept);
            CAPTURE(failing);
            calling c;
            REQUIRE(c.call(known.origin(), 0));
            const http::origin to = kept ? known.origin() : other.origin();
            c.call(to, failing);
            reached = c.reached;
            CHECK(c.call(to, 0));
            CHECK(c.pool->stats().open <= 2);
            CHECK(c.pool->stats().waiting == 0);
        }
        CHECK(failing > (kept ? 4 : 10)); // there were some
    }
}

namespace {

// Asked for the time, it can leave Asio without memory, for as long as the pool tries to notify a request.
class shortage_clock final : public coauth::clock {
public:
    explicit shortage_clock(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    std::chrono::system_clock::time_point now() const override { return time.now(); }
    std::chrono::steady_clock::time_point steady_now() const override
    {
        if (std::exchange(short_at_next, false)) {
            // Asio keeps two functions' memory for its thread. A strand that has got that, and then no more to run the
            // function, is stuck in Asio 1.81.
            for (int i = 0; i < 2; ++i)
                asio::post(executor_, [] {});
            coauth::testing::asio_failures_left = 50;
            coauth::testing::asio_is_short = true;
        }
        return time.steady_now();
    }
    asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override { return time.sleep_for(duration); }

    coauth::testing::manual_clock time;
    mutable bool short_at_next = false;

private:
    const asio::any_io_executor executor_;
};

// Three requests for one slot: the first has it, and its response is held back; the others wait for it.
struct three_calls {
    three_calls()
    {
        http::pool_options options;
        options.max_connections_per_origin = 1;
        options.clock = clock;
        pool.emplace(context.get_executor(), options);
        for (const std::size_t number : {0u, 1u, 2u})
            start(number);
        while (!is_held)
            step();
        context.restart();
        context.poll(); // until all wait
    }

    void start(std::size_t number)
    {
        http::request request = get(peer.origin(), "/a");
        if (number == 1)
            request.deadline = 1s;
        asio::co_spawn(context, send(&*pool, std::move(request), 0),
            [this, number](const std::exception_ptr& e, const http::response&) {
                ++ended;
                try {
                    if (e)
                        std::rethrow_exception(e);
                } catch (const error& failure) {
                    failures[number] = failure.reason();
                }
            });
    }

    asio::awaitable<void> serve(peer_connection& connection)
    {
        for (bool open = true; open;) {
            const std::string request = co_await connection.request();
            if (request.empty())
                co_return;
            if (!release.fired()) {
                asio::post(context, [this] { is_held = true; });
                co_await release.wait();
            }
            open = co_await connection.send(response_text("/a"));
        }
    }

    void step()
    {
        context.restart();
        REQUIRE(context.run_one_for(10s) == 1);
    }

    void run()
    {
        context.restart();
        context.run_for(10s);
    }

    asio::io_context context;
    bool is_held = false;
    one_shot release;
    const peer_thread peer{[this](peer_connection& connection) { return serve(connection); }};
    const std::shared_ptr<shortage_clock> clock = std::make_shared<shortage_clock>(context.get_executor());
    std::optional<connection_pool> pool;
    int ended = 0;
    std::array<std::optional<errc>, 3> failures;
};

} // namespace

TEST_CASE("connection_pool: a request whose slot is granted without memory times out, and the next one has the slot")
{
    three_calls c;
    CHECK(c.pool->stats().waiting == 2);
    c.clock->short_at_next = true; // it is asked when the first gives its slot back
    c.release.fire();
    while (c.clock->short_at_next)
        c.step();
    CHECK_FALSE(coauth::testing::asio_is_short);
    memory_shortage::end();
    CHECK(c.pool->stats().waiting == 1);
    c.clock->time.advance(1s);
    c.run();
    CHECK(c.ended == 3);
    CHECK_FALSE(c.failures[0].has_value());
    CHECK(c.failures[1] == errc::timeout);
    CHECK_FALSE(c.failures[2].has_value());
    CHECK(c.pool->stats().open == 1);
    CHECK(c.pool->stats().waiting == 0);
}
