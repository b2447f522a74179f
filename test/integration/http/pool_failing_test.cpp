// A lack of memory at each place of a call. The peer runs on a thread of its own, which lacks none.
#include "allocation_failure.hpp"
#include "scripted_peer.hpp"

#include <coauth/http/connection_pool.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
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
    peer_thread() : thread_([this] { context_.run(); }) {}
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
    scripted_peer peer_{context_, echo};
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
