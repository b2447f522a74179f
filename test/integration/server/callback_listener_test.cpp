#include "integration/server/loopback.hpp"
#include "unit/coro/emission.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/server/callback_listener.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <stdexcept>

namespace asio = boost::asio;
using coauth::server::callback_listener;
using loopback::client;

namespace {

std::uint16_t port_of(const callback_listener& listener)
{
    const std::string url = listener.url();
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.find(':', 7) + 1)));
}

std::string get(std::string_view target)
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

bool is_mine(std::string_view query)
{
    return query == "oauth_token=mine&oauth_verifier=v";
}

template <class Wait>
std::future<std::string> start(loopback::threads& io, Wait wait)
{
    return asio::co_spawn(io.executor(), std::move(wait), asio::use_future);
}

// How a wait ended, as text: an exception that crossed threads in a future would be counted down where
// the thread sanitizer can't see it.
asio::awaitable<std::string> outcome(asio::awaitable<std::string> wait)
{
    const auto query = co_await coauth::as_result(std::move(wait));
    co_return query ? "returned " + *query : std::string(coauth::name(query.error().reason()));
}

} // namespace

TEST_CASE("callback_listener: a prefetched callback consumes nothing")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    auto waiting = start(io, listener.wait(is_mine));
    const std::string callback = get("/callback?oauth_token=mine&oauth_verifier=v");
    const std::string line = callback.substr(0, callback.size() - 2);
    for (const char* header : {"Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Moz: prefetch"}) {
        client ahead(port_of(listener));
        const auto refused = ahead.ask(line + header + "\r\n\r\n");
        CHECK(refused.status == 503);
        CHECK(refused.header("vary").find("Sec-Purpose") == 0);
    }
    client browser(port_of(listener));
    CHECK(browser.ask(callback).status == 200);
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
}

TEST_CASE("callback_listener: the callback gets a page, and the wait returns its query")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    auto waiting = start(io, listener.wait(is_mine));

    client browser(port_of(listener));
    const auto page = browser.ask(get("/callback?oauth_token=mine&oauth_verifier=v"));
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
    CHECK(page.status == 200);
    CHECK(page.header("content-type") == "text/html; charset=utf-8");
    CHECK(page.header("content-security-policy").find("default-src 'none'") == 0);
    CHECK(page.header("content-security-policy").find("unsafe") == std::string::npos);
    CHECK(page.header("cache-control") == "no-store");
    CHECK(page.header("referrer-policy") == "no-referrer");
    CHECK(page.header("x-content-type-options") == "nosniff");
    CHECK(page.header("connection") == "close");
    CHECK(page.body.find("close this window") != std::string::npos);
    CHECK(page.body.find("mine") == std::string::npos);
    CHECK(page.body.find("<script") == std::string::npos);

    asio::io_context other;
    asio::ip::tcp::socket late(other);
    boost::system::error_code refused;
    late.connect({asio::ip::make_address("127.0.0.1"), port_of(listener)}, refused);
    CHECK(refused == asio::error::connection_refused);
}

TEST_CASE("callback_listener: a request that is not this login's callback gets its status and does not end the wait")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    auto waiting = start(io, listener.wait(is_mine));

    client browser(port_of(listener));
    CHECK(browser.ask(get("/")).status == 404);
    CHECK(browser.ask(get("/favicon.ico")).status == 404);
    CHECK(browser.ask(get("/callback/")).status == 404);
    CHECK(browser.ask(get("/Callback?oauth_token=mine&oauth_verifier=v")).status == 404);
    CHECK(browser.ask(get("/callback")).status == 400);
    CHECK(browser.ask(get("/callback?oauth_token=other&oauth_verifier=v")).status == 400);
    const auto post = browser.ask("POST /callback?oauth_token=mine&oauth_verifier=v HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(post.status == 405);
    CHECK(post.header("allow") == "GET, HEAD");
    browser.send("HEAD /callback?oauth_token=mine&oauth_verifier=v HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(browser.receive(true).status == 200);
    CHECK(browser.rest().empty());
    CHECK(client(port_of(listener)).ask("POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx").status ==
          413);

    client right(port_of(listener));
    CHECK(right.ask(get("/callback?oauth_token=mine&oauth_verifier=v")).status == 200);
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
}

TEST_CASE("callback_listener: a condition that throws refuses that callback, and the wait continues")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    auto waiting = start(io, listener.wait([](std::string_view query) {
        if (query == "odd")
            throw std::runtime_error("odd");
        return is_mine(query);
    }));
    client browser(port_of(listener));
    for (int i = 0; i < 2; ++i)
        CHECK(browser.ask(get("/callback?odd")).status == 500);
    CHECK(browser.ask(get("/callback?oauth_token=other")).status == 400);
    CHECK(browser.ask(get("/callback?oauth_token=mine&oauth_verifier=v")).status == 200);
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
}

TEST_CASE("callback_listener: a second callback gets 410")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    client first(port_of(listener));
    client second(port_of(listener));
    // Both come before the wait; in either order one of them is late.
    const std::string question = get("/callback?oauth_token=mine&oauth_verifier=v");
    first.send(question);
    second.send(question);
    auto waiting = start(io, listener.wait(is_mine));
    const auto page = first.receive();
    const auto other = second.receive();
    CHECK(std::min(page.status, other.status) == 200);
    CHECK(std::max(page.status, other.status) == 410);
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
}

TEST_CASE("callback_listener: a callback before the wait is held until then")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    client browser(port_of(listener));
    browser.send(get("/callback?oauth_token=mine&oauth_verifier=v"));
    auto waiting = start(io, listener.wait(is_mine));
    CHECK(waiting.get() == "oauth_token=mine&oauth_verifier=v");
    CHECK(browser.receive().status == 200);
}

TEST_CASE("callback_listener: its URL has the port in use and keeps the query")
{
    loopback::threads io;
    callback_listener chosen(io.executor(), "http://localhost:0/callback?app=1");
    const std::string port = std::to_string(port_of(chosen));
    CHECK(port != "0");
    CHECK(chosen.url() == "http://localhost:" + port + "/callback?app=1");
    auto waiting = start(io, chosen.wait([](std::string_view query) { return query == "app=1&denied=t"; }));
    CHECK(client(port_of(chosen)).ask(get("/callback?app=1&denied=t")).status == 200);
    CHECK(waiting.get() == "app=1&denied=t");

    callback_listener six(io.executor(), "http://[::1]:0/");
    auto waiting_six = start(io, six.wait([](std::string_view) { return true; }));
    const std::string url = six.url();
    const auto port_six = static_cast<std::uint16_t>(std::stoi(url.substr(std::string("http://[::1]:").size())));
    CHECK(client(port_six, "::1").ask(get("/")).status == 200);
    CHECK(waiting_six.get().empty());
}

TEST_CASE("callback_listener: a port in use is an error with its number")
{
    loopback::threads io;
    callback_listener first(io.executor(), "http://127.0.0.1:0/callback");
    const std::string port = std::to_string(port_of(first));
    try {
        callback_listener second(io.executor(), "http://127.0.0.1:" + port + "/callback");
        FAIL("two listeners on one port");
    } catch (const coauth::error& e) {
        CHECK(e.reason() == coauth::errc::invalid_argument);
        CHECK(e.message().find(port) != std::string::npos);
    }
    CHECK_THROWS_AS(callback_listener(io.executor(), "https://example.com/"), coauth::error);
}

TEST_CASE("callback_listener: a wait can be cancelled, and a later callback gets 410")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    client browser(port_of(listener));
    // Once this has its answer, the wait has begun.
    browser.send(get("/callback?oauth_token=other"));

    const auto strand = asio::make_strand(io.executor());
    asio::cancellation_signal signal;
    auto waiting = asio::co_spawn(
        strand, outcome(listener.wait(is_mine)), asio::bind_cancellation_slot(signal.slot(), asio::use_future));
    CHECK(browser.receive().status == 400);
    asio::post(strand, [&] { signal.emit(asio::cancellation_type::terminal); });
    CHECK(waiting.get() == "cancelled");
    CHECK(browser.ask(get("/callback?oauth_token=mine&oauth_verifier=v")).status == 410);
}

TEST_CASE("callback_listener: a wait cancelled at any step, once or twice, ends once and holds no browser")
{
    std::size_t cancelled = 0;
    std::size_t returned = 0;
    for (const auto& cancellation : coauth::testing::all_emissions()) {
        bool over = false;
        for (std::size_t begin = 0; !over; ++begin) {
            asio::io_context io(1);
            auto listener = std::make_unique<callback_listener>(io.get_executor(), "http://127.0.0.1:0/callback");
            client browser(port_of(*listener));
            browser.send(get("/callback?oauth_token=mine&oauth_verifier=v"));
            asio::cancellation_signal signal;
            std::string ended;
            int completions = 0;
            const auto wait = [](callback_listener& on, std::string& into) -> asio::awaitable<void> {
                co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
                co_await asio::this_coro::throw_if_cancelled(false);
                into = co_await outcome(on.wait(is_mine));
            };
            asio::co_spawn(io, wait(*listener, ended),
                asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& e) {
                    ++completions;
                    if (e)
                        ended = "cancelled"; // before it began
                    coauth::testing::emit_all_types(signal);
                }));
            std::size_t steps = 0;
            while (completions == 0) {
                cancellation.before_step(steps++, begin, signal);
                io.run_one();
            }
            over = steps <= begin;
            coauth::testing::emit_all_types(signal);
            ++(ended == "cancelled" ? cancelled : returned);
            CHECK((ended == "cancelled" || ended == "returned oauth_token=mine&oauth_verifier=v"));
            listener.reset();
            io.run(); // returns once nothing is left to do
            CHECK(completions == 1);
            const int status = browser.receive().status;
            CHECK((status == 200 || status == 410 || status == 0)); // 0: it was cut before its request had been read
        }
    }
    CHECK(cancelled >= coauth::testing::all_emissions().size()); // before the first step, at least
    CHECK(returned > 0);
}

TEST_CASE("callback_listener: a condition that throws is a 500, and the wait continues")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    auto waiting = start(io, listener.wait([](std::string_view query) {
        if (query == "first")
            throw 7;
        return true;
    }));
    client browser(port_of(listener));
    CHECK(browser.ask(get("/callback?first")).status == 500);
    CHECK(browser.ask(get("/callback?second")).status == 200);
    CHECK(waiting.get() == "second");
}

TEST_CASE("callback_listener: it is waited for once")
{
    loopback::threads io;
    callback_listener listener(io.executor(), "http://127.0.0.1:0/callback");
    client browser(port_of(listener));
    browser.send(get("/callback?oauth_token=other"));
    auto first = start(io, listener.wait(is_mine));
    CHECK(browser.receive().status == 400);
    CHECK(start(io, outcome(listener.wait(is_mine))).get() == "invalid_argument");
    CHECK(browser.ask(get("/callback?oauth_token=mine&oauth_verifier=v")).status == 200);
    CHECK(first.get() == "oauth_token=mine&oauth_verifier=v");
}

TEST_CASE("callback_listener: destroying it ends the wait and answers a held browser")
{
    loopback::threads io;
    auto waited_on = std::make_unique<callback_listener>(io.executor(), "http://127.0.0.1:0/callback");
    client browser(port_of(*waited_on));
    browser.send(get("/callback?oauth_token=other"));
    auto waiting = start(io, outcome(waited_on->wait(is_mine)));
    CHECK(browser.receive().status == 400);
    waited_on.reset();
    CHECK(waiting.get() == "cancelled");
    CHECK(browser.rest().empty());

    auto never = std::make_unique<callback_listener>(io.executor(), "http://127.0.0.1:0/callback");
    client held(port_of(*never));
    held.send(get("/callback?oauth_token=mine&oauth_verifier=v"));
    never.reset();
    const int status = held.receive().status;
    CHECK((status == 410 || status == 0)); // 0: the request had not been read yet
    io.finish();
}
