// A caller may go at any moment; nobody else's answer may suffer.
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

asio::awaitable<void> send(connection_pool& pool, http::request what, std::string& became)
{
    const std::string own = what.target;
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto r = co_await as_result(pool.send(std::move(what)));
    if (r)
        became = r->body == own ? "right" : "WRONG";
    else
        became = name(r.error().reason());
}

// Cancels a request after its k-th step, for every k, then asks again; returns how often it was
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
        std::string became;
        if (fresh)
            pool.emplace(context.get_executor(), options);
        const auto target = "/" + std::to_string(k);
        auto done = [&](const std::exception_ptr&) { testing::emit_all_types(signal); };
        asio::co_spawn(
            context, send(*pool, get(to, target), became), asio::bind_cancellation_slot(signal.slot(), done));
        context.restart();
        std::size_t steps = 0;
        for (; became.empty(); ++steps) {
            cancellation.before_step(steps, k, signal);
            context.run_one();
        }
        const bool over = steps < k;
        testing::emit_all_types(signal);
        CHECK((became == "right" || became == "cancelled"));
        cancelled += became == "cancelled";

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

TEST_CASE("a request cancelled in the queue leaves it")
{
    asio::io_context context;
    scripted_peer peer(context, [](peer_line& line) -> asio::awaitable<void> { co_await line.silence(); });
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

TEST_CASE("many threads, random cancellations, and every answer is its caller's own")
{
    const authority tls;
    asio::io_context peers;
    auto keep_peers = asio::make_work_guard(peers);
    scripted_peer peer(peers, echo, tls.server());
    std::thread peer_thread([&] { peers.run(); });

    struct caller {
        explicit caller(asio::io_context& context) : strand(asio::make_strand(context)), alarm(strand) {}

        asio::strand<asio::io_context::executor_type> strand;
        asio::steady_timer alarm;
        asio::cancellation_signal signal;
        std::string became;
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
    std::function<void(int, int)> next = [&](int who, int round) {
        if (round == rounds)
            return;
        auto c = std::make_shared<caller>(context);
        asio::post(c->strand, [&, c, who, round] {
            const auto target = "/" + std::to_string(who) + "/" + std::to_string(round);
            asio::co_spawn(c->strand, send(pool, get(to, target), c->became),
                asio::bind_cancellation_slot(c->signal.slot(), [&, c, who, round](std::exception_ptr) {
                    c->alarm.cancel();
                    ++(c->became == "right" ? right : c->became == "cancelled" ? cancelled : other);
                    next(who, round + 1);
                }));
            if (round % 3 == 0)
                return;
            c->alarm.expires_after(std::chrono::microseconds((who * 37 + round * 101) % 1500));
            c->alarm.async_wait([c](boost::system::error_code ec) {
                if (!ec)
                    c->signal.emit(asio::cancellation_type::terminal);
            });
        });
    };
    for (int who = 0; who < callers; ++who)
        next(who, 0);
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
