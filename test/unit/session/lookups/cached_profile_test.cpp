// Profiles out of the cache, on one thread and on several.
#include "session/lookups/cache_lock.hpp"
#include "session/lookups/thread_slot.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_loop.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
using testing::echo_provider;

namespace {

class cached_fixture : public testing::manual_loop {
public:
    explicit cached_fixture(bool on_system_clock = false, session_options options = session_options())
    {
        if (!on_system_clock)
            options.clock = clock;
        options.on_event = [this](const session_event& event) {
            hits += event.kind == session_event_kind::cache_hit && event.user_id == "ann";
        };
        provider->turns = 0;
        sut.emplace(io.get_executor(), provider, std::move(options));
        run(sut->add_user("ann", echo_provider::token_of("ann")));
    }
    ~cached_fixture()
    {
        sut.reset();
        end();
    }

    void run(asio::awaitable<void> operation)
    {
        asio::co_spawn(io, std::move(operation), [](const std::exception_ptr& e) { CHECK(e == nullptr); });
        poll();
    }

    result<profile> look_up(std::string user_id, user_ref user)
    {
        std::optional<result<profile>> out;
        const auto keep = [&](asio::awaitable<profile> operation) -> asio::awaitable<void> {
            result<profile> found = co_await as_result(std::move(operation));
            out.emplace(std::move(found));
        };
        asio::co_spawn(io, keep(sut->profile(std::move(user_id), std::move(user))), asio::detached);
        poll();
        REQUIRE(out);
        return *out;
    }

    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<session> sut;
    std::atomic<int> hits = 0;
};

} // namespace

TEST_CASE("session.profile: a hit is counted and reported, in any spelling")
{
    cached_fixture f;
    CHECK(f.look_up("ann", "jack").value().username == "jack");
    CHECK(f.hits == 0);
    for (const char* name : {"jack", "JACK", "jack"})
        CHECK(f.look_up("ann", name).value().username == "jack");
    CHECK(f.hits == 3);
    CHECK(f.sut->stats().lookups.questions == 4);
    CHECK(f.sut->stats().lookups.cache_hits == 3);
    CHECK(f.provider->count() == 1);
    CHECK(f.look_up("ann", user_ref::id("1000")).value().username == "user_1000"); // another question
    CHECK(f.provider->count() == 2);
}

TEST_CASE("session.profile: a hit ends when the result expires, the user signs out, or the session closes")
{
    cached_fixture f;
    CHECK(f.look_up("ann", "jack").has_value());
    SUBCASE("expiry")
    {
        f.pass(5min - 1ms);
        CHECK(f.look_up("ann", "jack").has_value());
        CHECK(f.provider->count() == 1);
        f.pass(1ms);
        CHECK(f.look_up("ann", "jack").has_value());
        CHECK(f.provider->count() == 2);
    }
    SUBCASE("signing out")
    {
        f.run(f.sut->sign_out("ann"));
        CHECK(f.look_up("ann", "jack").error().reason() == errc::unknown_user);
    }
    SUBCASE("another credential")
    {
        f.run(f.sut->add_user("ann", echo_provider::token_of("bob")));
        CHECK(f.look_up("ann", "jack").value().description == "token-of-bob");
        CHECK(f.provider->count() == 2);
    }
    SUBCASE("the session's end")
    {
        f.sut->stop();
        CHECK(f.look_up("ann", "jack").error().reason() == errc::cancelled);
    }
    SUBCASE("another user's question")
    {
        f.run(f.sut->add_user("bob", echo_provider::token_of("bob")));
        CHECK(f.look_up("bob", "jack").value().description == "token-of-bob");
    }
}

TEST_CASE("session.profile: a credential that expires answers from the cache as long as it is fresh")
{
    cached_fixture f;
    f.provider->clock = f.clock;
    f.run(f.sut->add_user("ann", credential(secret("token-of-ann"), std::nullopt,
                                     std::chrono::floor<std::chrono::seconds>(f.clock->now()) + 60s, false)));
    CHECK(f.look_up("ann", "jack").has_value());
    CHECK(f.look_up("ann", "jack").has_value());
    CHECK(f.hits == 1);
    f.pass(61s);
    CHECK(f.look_up("ann", "jack").error().reason() == errc::login_required);
}

TEST_CASE("session.profile: on the system's clock results are cached for less than a second, too")
{
    session_options options;
    options.cache_for = 900ms;
    cached_fixture f(true, options);
    CHECK(f.look_up("ann", "jack").has_value());
    CHECK(f.look_up("ann", "jack").has_value());
    CHECK(f.hits == 1);
    CHECK(f.provider->count() == 1);
}

TEST_CASE("session.profile: threads that hit the cache while it changes get their own user's profile")
{
    session_options options;
    options.max_cached_lookups = 4;
    options.max_cached_tokens = 1;
    cached_fixture f(true, options);
    f.run(f.sut->add_user("bob", echo_provider::token_of("bob")));
    f.provider->forgetful = true;
    f.io.restart();
    const auto work = asio::make_work_guard(f.io);
    std::atomic<int> wrong = 0;
    const auto look_up_often = [](session& on, std::string user_id, std::atomic<int>& others) -> asio::awaitable<void> {
        for (int i = 0; i < 400; ++i) {
            std::string name = "n" + std::to_string(i % 7);
            const profile found = co_await on.profile(user_id, name);
            others += found.username != name || found.description != "token-of-" + user_id;
        }
    };
    std::vector<std::thread> threads;
    for (const char* user_id : {"ann", "bob", "ann", "bob"})
        threads.emplace_back([&f, &look_up_often, &wrong, user_id] {
            asio::io_context io;
            asio::co_spawn(io, look_up_often(*f.sut, user_id, wrong),
                [&wrong](const std::exception_ptr& e) { wrong += e != nullptr; });
            while (!io.stopped()) {
                io.poll();
                f.io.poll(); // where the session's requests are
            }
        });
    for (auto& each : threads)
        each.join();
    CHECK(wrong == 0);
    CHECK(f.sut->stats().lookups.questions == 1600);
}

TEST_CASE("cache_lock: a writer is alone, and hits of all threads are counted")
{
    sessions::cache_lock lock;
    int value = 0;
    std::atomic<int> torn = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int n = 0; n < 1'000; ++n) {
                if (i == 0) {
                    const std::lock_guard alone(lock);
                    ++value;
                    std::this_thread::yield(); // so that a reader would see it if it could
                    ++value;
                } else {
                    sessions::cache_lock::reading reading(lock);
                    torn += value % 2;
                    reading.count_hit();
                }
            }
        });
    for (auto& each : threads)
        each.join();
    CHECK(value == 2'000);
    CHECK(torn == 0);
    CHECK(lock.hits() == 3'000);
}

TEST_CASE("pointer_by_slot: the object lives until the last pointer of any slot has gone")
{
    auto owned = std::make_shared<int>(7);
    const std::weak_ptr<int> watched = owned;
    std::shared_ptr<int> kept;
    {
        const sessions::pointer_by_slot<int> pointers(owned);
        owned.reset();
        std::thread([&] { kept = pointers.get(); }).join();
        CHECK(*pointers.get() == 7);
    }
    CHECK(*kept == 7);
    kept.reset();
    CHECK(watched.expired());
}
