// `session::me` and `session::call`: the limits and failures of calls that are no lookups.
#include "unit/coro/emission.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_loop.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::echo_provider;

namespace {

struct called {
    bool done = false;
    std::optional<error> failed;
    std::string body;
    std::string token;
    asio::cancellation_signal signal;
};

asio::awaitable<void> call_into(
    session& on, std::shared_ptr<called> out, http::request request, std::string limit, call_options options)
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto response = co_await as_result(on.call("ann", std::move(request), std::move(limit), options));
    out->done = true;
    if (!response) {
        out->failed = response.error();
        co_return;
    }
    out->body = response->body;
    out->token = response->headers.get("X-Token");
}

class calls_fixture : public testing::manual_loop {
public:
    explicit calls_fixture(session_options options = session_options())
    {
        options.clock = clock;
        options.chance = [] { return 0.5; };
        sut = std::make_unique<session>(io.get_executor(), provider, std::move(options));
        run(sut->add_user("ann", echo_provider::token_of("ann")));
    }
    ~calls_fixture()
    {
        sut.reset();
        end();
    }

    std::shared_ptr<called> start(const char* method, const char* target, const char* limit = "tweets",
        std::optional<std::chrono::milliseconds> max_wait = {})
    {
        http::request request;
        request.method = method;
        request.target = target;
        call_options options = base;
        options.max_wait = max_wait;
        auto out = std::make_shared<called>();
        asio::co_spawn(io, call_into(*sut, out, std::move(request), limit, options),
            asio::bind_cancellation_slot(out->signal.slot(), [out](const std::exception_ptr& e) {
                CHECK(e == nullptr);
                testing::emit_all_types(out->signal);
            }));
        return out;
    }

    template <class T>
    result<T> run(asio::awaitable<T> op)
    {
        std::optional<result<T>> out;
        asio::co_spawn(io, as_result(std::move(op)), [&out](const std::exception_ptr& e, result<T> r) {
            REQUIRE(e == nullptr);
            out.emplace(std::move(r));
        });
        poll();
        REQUIRE(out);
        return std::move(*out);
    }

    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::unique_ptr<session> sut;
    call_options base;
};

rate_limits window_of(std::int64_t remaining, std::chrono::seconds until, const testing::manual_clock& clock)
{
    rate_limits limits;
    rate_window& window = limits.window.emplace();
    window.remaining = remaining;
    limits.at = std::chrono::floor<std::chrono::seconds>(clock.now());
    window.reset = *limits.at + until;
    return limits;
}

} // namespace

TEST_CASE("session.call: it is sent with the user's credential, and its response comes back")
{
    calls_fixture f;
    const auto call = f.start("GET", "/2/tweets");
    f.poll();
    CHECK(call->done);
    CHECK(call->body == "/2/tweets");
    CHECK(call->token == "token-of-ann");
    const auto me = f.run(f.sut->me("ann"));
    REQUIRE(me);
    CHECK(me->id == "ann");
    CHECK(f.run(f.sut->me("bob")).error().reason() == errc::unknown_user);
}

TEST_CASE("session.call: a window that is used up delays its own calls, and no others")
{
    calls_fixture f;
    f.provider->call_limits = [&](std::size_t) { return window_of(0, 60s, *f.clock); };
    f.start("GET", "/first");
    f.poll();
    f.provider->call_limits = nullptr;
    const auto waiting = f.start("GET", "/second");
    const auto impatient = f.start("GET", "/third", "tweets", 59s);
    const auto other = f.start("GET", "/followers", "followers");
    f.poll();
    CHECK_FALSE(waiting->done);
    CHECK(other->done);
    REQUIRE(impatient->failed);
    CHECK(impatient->failed->reason() == errc::rate_limited);
    CHECK(impatient->failed->retry_after() == 62s); // with the spread
    CHECK(f.provider->calls == 2);
    f.pass(61s);
    CHECK_FALSE(waiting->done);
    f.pass(1s);
    CHECK(waiting->body == "/second");
}

TEST_CASE("session.call: one that is refused for a rate limit is sent again when the provider allows it")
{
    calls_fixture f;
    f.provider->call_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::rate_limited).with_http_status(429).with_retry_after(30s);
    };
    const auto call = f.start("POST", "/2/tweets");
    f.pass(31s);
    CHECK_FALSE(call->done);
    f.pass(1s);
    CHECK(call->done);
    CHECK_FALSE(call->failed);
    CHECK(f.provider->calls == 2);
}

TEST_CASE("session.call: while the provider is down a GET is tried again for retry_for, and a POST is sent once")
{
    calls_fixture f;
    f.provider->call_fails = [](std::size_t) { throw error(errc::provider_unavailable).with_http_status(503); };
    const auto post = f.start("POST", "/2/tweets");
    f.poll();
    REQUIRE(post->failed);
    CHECK(post->failed->reason() == errc::provider_unavailable);
    CHECK(f.provider->calls == 1);

    const auto get = f.start("GET", "/2/tweets");
    for (int i = 0; i < 60 && !get->done; ++i)
        f.pass(100ms);
    REQUIRE(get->failed);
    CHECK(get->failed->reason() == errc::provider_unavailable);
    CHECK(f.provider->calls >= 4);
    CHECK(f.provider->calls <= 9);

    const auto second = f.start("GET", "/2/tweets");
    f.poll();
    f.provider->call_fails = nullptr;
    for (int i = 0; i < 60 && !second->done; ++i)
        f.pass(100ms);
    CHECK(second->body == "/2/tweets");
}

TEST_CASE("session.call: in an outage no call waits longer than retry_for for its turn, and then fails with what it is")
{
    for (const char* method : {"POST", "GET"}) {
        calls_fixture f;
        f.provider->call_fails = [](std::size_t) { throw error(errc::provider_unavailable).with_http_status(503); };
        std::vector<std::shared_ptr<called>> all;
        for (int i = 0; i < 100; ++i)
            all.push_back(f.start(method, "/a"));
        for (int i = 0; i < 55; ++i)
            f.pass(100ms);
        for (const auto& each : all) {
            REQUIRE(each->done);
            CHECK(each->failed->reason() == errc::provider_unavailable);
        }
        // Ten, and two a second.
        CHECK(f.provider->calls <= 10 + 2 * 6);
        const auto late = f.start("POST", "/b"); // it has its own time
        f.pass(4'900ms);
        f.pass(200ms);
        CHECK(late->done);
    }
}

TEST_CASE("session.call: a credential that the provider refuses is forgotten")
{
    calls_fixture f;
    f.provider->call_fails = [](std::size_t) { throw error(errc::token_revoked).with_http_status(401); };
    const auto call = f.start("GET", "/2/tweets");
    f.poll();
    REQUIRE(call->failed);
    CHECK(call->failed->reason() == errc::token_revoked);
    CHECK(f.run(f.sut->me("ann")).error().reason() == errc::unknown_user);
    CHECK(f.provider->calls == 1);
}

TEST_CASE("session.call: with keep_refused a credential that one endpoint refuses is kept")
{
    calls_fixture f;
    f.provider->call_fails = [](std::size_t number) {
        if (number == 1)
            throw error(errc::token_revoked).with_http_status(401);
    };
    f.base.keep_refused = true;
    const auto call = f.start("GET", "/2/tweets");
    f.poll();
    REQUIRE(call->failed);
    CHECK(call->failed->reason() == errc::token_revoked);
    CHECK(f.run(f.sut->me("ann")));
}

TEST_CASE("session.call: calls and lookups share max_requests")
{
    session_options options;
    options.max_requests = 2;
    calls_fixture f(std::move(options));
    f.provider->turns = 1'000;
    std::vector<std::shared_ptr<called>> all;
    for (int i = 0; i < 4; ++i)
        all.push_back(f.start("GET", "/2/tweets"));
    for (int i = 0; i < 200; ++i) {
        f.io.restart();
        f.io.poll_one();
    }
    CHECK(f.sut->stats().lookups.in_flight <= 2);
    CHECK(f.provider->calls == 1); // the first of a window goes alone
    f.poll();
    for (const auto& call : all)
        CHECK(call->done);
    CHECK(f.provider->calls == 4);
    CHECK(f.sut->stats().lookups.in_flight == 0);
}

TEST_CASE("session.call: a call that waits ends when it is cancelled, once or twice, and costs no request")
{
    for (const bool twice : {false, true}) {
        calls_fixture f;
        f.provider->call_limits = [&](std::size_t) { return window_of(0, 60s, *f.clock); };
        f.start("GET", "/first");
        f.poll();
        const auto waiting = f.start("GET", "/second");
        f.poll();
        waiting->signal.emit(asio::cancellation_type::terminal);
        if (twice)
            waiting->signal.emit(asio::cancellation_type::partial);
        f.poll();
        REQUIRE(waiting->failed);
        CHECK(waiting->failed->reason() == errc::cancelled);
        f.pass(2min);
        CHECK(f.provider->calls == 1);
        CHECK(f.clock->sleepers() == 0);
    }
}

TEST_CASE("session.call: closing the session ends the calls that wait, and signing out those of the user")
{
    calls_fixture f;
    f.provider->call_limits = [&](std::size_t) { return window_of(0, 60s, *f.clock); };
    f.start("GET", "/first");
    f.poll();
    const auto waiting = f.start("GET", "/second");
    f.poll();
    SUBCASE("closed")
    {
        REQUIRE(f.run(f.sut->close()));
        REQUIRE(waiting->failed);
        CHECK(waiting->failed->reason() == errc::cancelled);
    }
    SUBCASE("signed out")
    {
        REQUIRE(f.run(f.sut->sign_out("ann")));
        f.pass(62s);
        REQUIRE(waiting->failed);
        CHECK(waiting->failed->reason() == errc::unknown_user);
    }
    CHECK(f.provider->calls == 1);
}
