// A request may be cancelled at any moment, without an effect on other requests.
#include "certificates.hpp"
#include "every.hpp"
#include "scripted_peer.hpp"
#include "unit/coro/emission.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <thread>

using namespace coauth;
namespace asio = boost::asio;
using http::connection_pool;

namespace {

asio::awaitable<void> send(connection_pool& pool, http::request request, std::string& result)
{
    const std::string own = request.target;
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto r = co_await as_result(pool.send(std::move(request)));
    if (r)
        result = r->body == own ? "right" : "WRONG";
    else
        result = name(r.error().reason());
}

// Cancels a request before step k, for every k, then sends two more; returns how many were
// cancelled. With a `fresh` pool each time the steps of opening a connection are among them.
int cancel_everywhere(const testing::emission& cancellation, const authority& tls, bool https, bool fresh)
{
    asio::io_context context;
    scripted_peer peer(context, echo, https ? tls.server() : nullptr);
    http::pool_options options;
    options.max_connections_per_origin = 2;
    options.trust = http::tls_trust::ca_file(tls.file());
    std::optional<connection_pool> pool(std::in_place, context.get_executor(), options);
    const auto to = peer.origin();
    int cancelled = 0;
    for (std::size_t k = 0;; k += testing::test_every()) {
        asio::cancellation_signal signal;
        std::string result;
        if (fresh)
            pool.emplace(context.get_executor(), options);
        const auto target = "/" + std::to_string(k);
        auto done = [&](const std::exception_ptr&) { testing::emit_all_types(signal); };
        asio::co_spawn(
            context, send(*pool, get(to, target), result), asio::bind_cancellation_slot(signal.slot(), done));
        context.restart();
        std::size_t steps = 0;
        for (; result.empty(); ++steps) {
            cancellation.before_step(steps, k, signal);
            context.run_one();
        }
        const bool over = steps < k;
        testing::emit_all_types(signal);
        CHECK((result == "right" || result == "cancelled"));
        cancelled += result == "cancelled";

        for (int i = 0; i < 2; ++i) {
            const auto next = target + "/next" + std::to_string(i);
            play(context, [&]() -> asio::awaitable<void> {
                const auto r = co_await pool->send(get(to, next));
                CHECK(r.body == next);
            });
        }
        CHECK(pool->stats().waiting == 0);
        CHECK(pool->stats().open == pool->stats().idle);
        if (over)
            return cancelled;
    }
}

} // namespace

TEST_CASE("connection_pool: a request cancelled at any step, once or twice, leaves the others their own responses")
{
    const authority tls;
    for (const auto& cancellation : testing::all_emissions()) {
        CHECK(cancel_everywhere(cancellation, tls, false, false) >= 1);
        CHECK(cancel_everywhere(cancellation, tls, false, true) >= 1);
        CHECK(cancel_everywhere(cancellation, tls, true, false) >= 1);
        CHECK(cancel_everywhere(cancellation, tls, true, true) * static_cast<int>(testing::test_every()) >= 5);
    }
}

// Not only at the next octet that comes, which here is never.
TEST_CASE("connection_pool: a cancellation at any step of TLS ends a request that gets no response")
{
    const authority tls;
    asio::io_context context;
    scripted_peer peer(
        context,
        [](peer_connection& connection) -> asio::awaitable<void> {
            co_await connection.request();
            co_await connection.read_to_end();
        },
        tls.server());
    http::pool_options options;
    options.trust = http::tls_trust::ca_file(tls.file());
    connection_pool pool(context.get_executor(), options);
    bool has_next = true;
    for (std::size_t k = 0; has_next; ++k) {
        CAPTURE(k);
        asio::cancellation_signal signal;
        std::string result;
        const auto requests = peer.log().requests.size();
        asio::co_spawn(context, send(pool, get(peer.origin(), "/"), result),
            asio::bind_cancellation_slot(signal.slot(), asio::detached));
        for (std::size_t step = 0; step < k && has_next; ++step)
            has_next = peer.log().requests.size() == requests ? context.run_one() != 0 : context.poll_one() != 0;
        signal.emit(asio::cancellation_type::terminal);
        while (result.empty())
            REQUIRE(context.run_one_for(std::chrono::seconds(5)) != 0);
        CHECK(result == "cancelled");
    }
    CHECK(peer.log().requests.size() >= 2);
}

TEST_CASE("connection_pool: a request that is cancelled in the queue leaves it")
{
    asio::io_context context;
    scripted_peer peer(
        context, [](peer_connection& connection) -> asio::awaitable<void> { co_await connection.read_to_end(); });
    http::pool_options options;
    options.max_connections_per_origin = 1;
    connection_pool pool(context.get_executor(), options);
    asio::cancellation_signal first_signal;
    asio::cancellation_signal second_signal;
    std::string first;
    std::string second;
    const auto to = peer.origin();
    asio::co_spawn(
        context, send(pool, get(to, "/1"), first), asio::bind_cancellation_slot(first_signal.slot(), asio::detached));
    asio::co_spawn(
        context, send(pool, get(to, "/2"), second), asio::bind_cancellation_slot(second_signal.slot(), asio::detached));
    while (pool.stats().waiting != 1)
        context.run_one();
    second_signal.emit(asio::cancellation_type::total);
    while (second.empty())
        context.run_one();
    CHECK(second == "cancelled");
    CHECK(pool.stats().waiting == 0);
    CHECK(pool.stats().open == 1);
    first_signal.emit(asio::cancellation_type::partial);
    while (first.empty())
        context.run_one();
    CHECK(first == "cancelled");
    CHECK(pool.stats().open == 0);
}

TEST_CASE("connection_pool: with many threads and random cancellations each response is its caller's own")
{
    const authority tls;
    asio::io_context peers;
    auto keep_peers = asio::make_work_guard(peers);
    scripted_peer peer(peers, echo, tls.server());
    std::thread peer_thread([&] { peers.run(); });

    struct caller {
        explicit caller(asio::io_context& context) : strand(asio::make_strand(context)), timer(strand) {}

        asio::strand<asio::io_context::executor_type> strand;
        asio::steady_timer timer;
        asio::cancellation_signal signal;
        std::string result;
    };
    constexpr int callers = 6;
    constexpr int rounds = 60;
    asio::io_context context;
    http::pool_options options;
    options.max_connections_per_origin = 3;
    options.trust = http::tls_trust::ca_file(tls.file());
    connection_pool pool(context.get_executor(), options);
    const auto to = peer.origin();
    std::atomic<int> right = 0;
    std::atomic<int> cancelled = 0;
    std::atomic<int> other = 0;
    std::function<void(int, int)> next = [&](int number, int round) {
        if (round == rounds)
            return;
        auto c = std::make_shared<caller>(context);
        asio::post(c->strand, [&, c, number, round] {
            const auto target = "/" + std::to_string(number) + "/" + std::to_string(round);
            asio::co_spawn(c->strand, send(pool, get(to, target), c->result),
                asio::bind_cancellation_slot(c->signal.slot(), [&, c, number, round](std::exception_ptr) {
                    c->timer.cancel();
                    ++(c->result == "right" ? right : c->result == "cancelled" ? cancelled : other);
                    next(number, round + 1);
                }));
            if (round % 3 == 0)
                return;
            c->timer.expires_after(std::chrono::microseconds((number * 37 + round * 101) % 1500));
            c->timer.async_wait([c](boost::system::error_code ec) {
                if (!ec)
                    c->signal.emit(asio::cancellation_type::terminal);
            });
        });
    };
    for (int number = 0; number < callers; ++number)
        next(number, 0);
    std::thread second([&] { context.run(); });
    std::thread third([&] { context.run(); });
    context.run();
    second.join();
    third.join();
    CHECK(right + cancelled == callers * rounds);
    CHECK(right >= callers * rounds / 3);
    CHECK(other == 0);
    CHECK(pool.stats().open == pool.stats().idle);
    keep_peers.reset();
    peers.stop();
    peer_thread.join();
}
