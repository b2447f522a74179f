// How a server ends: closed with a grace, or destroyed at any moment.
#include "integration/server/echo.hpp"
#include "integration/server/gate.hpp"
#include "integration/server/loopback.hpp"
#include "unit/coro/emission.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;
namespace server = coauth::server;
using loopback::client;
using loopback::echo;
using loopback::gate;
using loopback::through;
using namespace std::chrono_literals;

namespace {

// How many requests had been handled when the server was closed.
asio::awaitable<int> close_and_count(server::http_server& s, const std::atomic<int>& handled)
{
    co_await s.close(1h);
    co_return handled;
}

// Calls back each time that a strand or a timer is made for it: the server makes a strand before it accepts a client.
class observed_executor {
    using io_executor = asio::io_context::executor_type;

public:
    observed_executor(asio::io_context& context, const std::function<void()>& on_use)
        : executor_(context.get_executor()), on_use_(&on_use)
    {}

    template <class Property>
    auto query(Property property) const -> decltype(asio::query(std::declval<io_executor>(), property))
    {
        if constexpr (std::is_convertible_v<decltype(asio::query(executor_, property)), asio::execution_context&>)
            (*on_use_)();
        return asio::query(executor_, property);
    }
    template <class Property>
    auto require(Property property) const
        -> std::decay_t<decltype(asio::require(std::declval<io_executor>(), property))>
    {
        return asio::require(executor_, property);
    }
    template <class Function>
    void execute(Function&& function) const
    {
        executor_.execute(std::forward<Function>(function));
    }
    friend bool operator==(const observed_executor&, const observed_executor&) noexcept = default;

private:
    io_executor executor_;
    const std::function<void()>* on_use_;
};

} // namespace

TEST_CASE("http_server: close lets requests in progress finish and ends idle connections")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    auto s = std::make_unique<server::http_server>(io.executor(), server::server_options(), through(g));
    client idle(s->port());
    client busy(s->port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();

    auto closed = asio::co_spawn(io.executor(), s->close(1h), asio::use_future);
    CHECK(idle.rest().empty());
    CHECK(closed.wait_for(0s) == std::future_status::timeout);
    gate::open(g);
    closed.get();
    const auto a = busy.receive();
    CHECK(a.body == "passed");
    CHECK(a.header("connection") == "close");
    CHECK(busy.rest().empty());

    boost::system::error_code refused;
    asio::io_context other;
    asio::ip::tcp::socket late(other);
    late.connect({asio::ip::make_address("127.0.0.1"), s->port()}, refused);
    CHECK(refused == asio::error::connection_refused);
}

TEST_CASE("http_server: close cuts connections that are busy after the grace, and cancels their handlers")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    server::http_server s(io.executor(), server::server_options(), through(g));
    client busy(s.port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();
    asio::co_spawn(io.executor(), s.close(0ms), asio::use_future).get();
    CHECK_FALSE(g->left.get_future().get());
    CHECK(busy.receive().status == 0);
    asio::co_spawn(io.executor(), s.close(), asio::use_future).get();
}

TEST_CASE("http_server: a request that has arrived when the server closes is answered")
{
    asio::io_context io(1);
    std::atomic<int> handled = 0;
    server::http_server s(io.get_executor(), server::server_options(), [&](server::request r) {
        ++handled;
        return echo(std::move(r));
    });
    // Connected and sent, while the server has not even been told of the connection.
    client c(s.port());
    c.send("GET /in-time HTTP/1.1\r\nHost: x\r\n\r\n");
    auto closed = asio::co_spawn(io, close_and_count(s, handled), asio::use_future);
    auto answer = std::async(std::launch::async, [&] { return c.receive(); });
    io.run();
    CHECK(closed.get() == 1);
    CHECK(answer.get().body == "GET /in-time ");
}

TEST_CASE("http_server: close ends although connections that are not served keep arriving")
{
    asio::io_context io(1);
    constexpr int most = 20'000;
    int arrived = 0;
    std::optional<std::uint16_t> port;
    const std::function<void()> arrive = [&] {
        if (!port || arrived == most)
            return;
        // Without waiting, which Asio would: the server's queue may be full.
        asio::io_context other;
        asio::ip::tcp::socket reset(other, asio::ip::tcp::v4());
        reset.native_non_blocking(true);
        const asio::ip::tcp::endpoint listening(asio::ip::make_address("127.0.0.1"), *port);
        ::connect(reset.native_handle(), listening.data(), static_cast<socklen_t>(listening.size()));
        ++arrived;
        reset.set_option(asio::socket_base::linger(true, 0));
    };
    server::server_options o;
    o.max_connections_per_address = 1;
    server::http_server s(observed_executor(io, arrive), o, echo);
    port = s.port();
    auto closed = asio::co_spawn(io, s.close(1h), asio::use_future);
    io.run();
    closed.get();
    CHECK(arrived > 0);
    CHECK(arrived < most);
}

TEST_CASE("http_server: it can be destroyed while its handlers run")
{
    loopback::threads io;
    auto g = std::make_shared<gate>(io.executor());
    auto s = std::make_unique<server::http_server>(io.executor(), server::server_options(), through(g));
    client waiting(s->port());
    waiting.send("GET / HTT");
    client busy(s->port());
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    g->entered.get_future().get();
    s.reset();
    CHECK(waiting.rest().empty());
    gate::open(g);
    CHECK(busy.receive().body == "passed");
    CHECK(busy.rest().empty());
    io.finish();
}

TEST_CASE("http_server: it can be destroyed with its context, at any step")
{
    for (int steps = 0; steps < 40; ++steps) {
        asio::io_context io(1);
        server::http_server s(io.get_executor(), server::server_options(), echo);
        client c(s.port());
        c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT");
        for (int i = 0; i < steps; ++i)
            io.poll_one();
    }
}

TEST_CASE("http_server: a close cancelled at any step, once or twice, ends once, and the next one closes")
{
    for (const auto& cancellation : coauth::testing::all_emissions()) {
        constexpr std::size_t latest = 12;
        for (std::size_t begin = 0; begin <= latest; ++begin) {
            asio::io_context io(1);
            auto g = std::make_shared<gate>(io.get_executor());
            server::http_server s(io.get_executor(), server::server_options(), through(g));
            client busy(s.port());
            busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            auto entered = g->entered.get_future();
            while (entered.wait_for(0s) != std::future_status::ready)
                io.run_one();

            asio::cancellation_signal signal;
            int completions = 0;
            const auto close = [](server::http_server& closed) -> asio::awaitable<void> {
                co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
                co_await closed.close(1h);
            };
            asio::co_spawn(io, close(s), asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& e) {
                CHECK(e != nullptr);
                ++completions;
                coauth::testing::emit_all_types(signal);
            }));
            for (std::size_t step = 0; step <= latest + 1; ++step) {
                cancellation.before_step(step, begin, signal);
                io.poll_one();
            }
            while (completions == 0)
                io.run_one();
            auto closed = asio::co_spawn(io, s.close(0ms), asio::use_future);
            while (closed.wait_for(0s) != std::future_status::ready)
                io.run_one();
            closed.get();
            CHECK(completions == 1);
        }
    }
}
