// Requests that are cancelled, or run out of memory.
#include "unit/site/failing_visitors.hpp"
#include "unit/site/login_site_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <new>
#include <utility>

using namespace std::chrono_literals;
using namespace coauth::testing;
using coauth::site::login_site_options;
namespace asio = boost::asio;
namespace server = coauth::server;

namespace {

asio::awaitable<void> handle_and_catch(coauth::site::login_site& logins, server::request r, std::exception_ptr& thrown)
{
    co_await asio::post(asio::use_awaitable); // co_spawn itself throws where one that never waited was cancelled
    try {
        const auto handled = co_await logins.handle(std::move(r));
    } catch (...) {
        thrown = std::current_exception();
    }
}

class cancelled_fixture {
public:
    // What the request threw.
    std::exception_ptr handle(server::request r)
    {
        std::exception_ptr thrown;
        bool ended = false;
        asio::co_spawn(site.bench.io, handle_and_catch(*site.logins, std::move(r), thrown),
            asio::bind_cancellation_slot(cancel.slot(), [&ended](const std::exception_ptr&) { ended = true; }));
        site.bench.io.restart();
        while (!ended && site.bench.io.run_one() != 0) {}
        return thrown;
    }

    bool has_token()
    {
        return site.bench.run(site.logins->session("x").profile("1", coauth::user_ref::id("1"))).has_value();
    }

    asio::cancellation_signal cancel;
    std::shared_ptr<failing_visitors> visitors;
    login_site_fixture site{[this](login_site_options& options) {
        visitors = std::make_shared<failing_visitors>(options.clock);
        options.visitors = visitors;
    }};
};

} // namespace

TEST_CASE(
    "login_site: a cancelled request fails as such, without a line in the log, and its user's token is dropped later")
{
    cancelled_fixture f;
    f.site.sign_in("x", "1");
    f.site.lines.clear();
    f.visitors->removed = [&f] { f.cancel.emit(asio::cancellation_type::terminal); };
    const std::exception_ptr thrown = f.handle(f.site.make("POST", "/logout"));
    REQUIRE(thrown);
    try {
        std::rethrow_exception(thrown);
    } catch (const coauth::error& e) {
        CHECK(e.reason() == coauth::errc::cancelled);
    }
    CHECK(f.site.lines.empty());
    CHECK_FALSE(f.site.user());
    CHECK(f.has_token());
    f.site.bench.clock->advance(60s);
    f.site.handle(f.site.make("GET", "/own"));
    CHECK_FALSE(f.has_token());
    CHECK(f.site.lines.empty());
}

TEST_CASE("login_site: a token that was dropped is not dropped again a minute later")
{
    cancelled_fixture f;
    f.site.sign_in("x", "1");
    f.site.handle(f.site.make("POST", "/logout"));
    CHECK_FALSE(f.has_token());
    f.site.bench.clock->advance(60s);
    std::size_t calls = 0;
    f.visitors->failure = [&calls] { ++calls; };
    f.site.handle(f.site.make("GET", "/own"));
    CHECK(calls == 0);
}

TEST_CASE("login_site: a request that runs out of memory says so to its caller")
{
    cancelled_fixture f;
    f.site.sign_in("x", "1");
    f.visitors->failure = [] { throw std::bad_alloc(); };
    const std::exception_ptr thrown = f.handle(f.site.make("POST", "/logout"));
    REQUIRE(thrown);
    CHECK_THROWS_AS(std::rethrow_exception(thrown), std::bad_alloc);
}
