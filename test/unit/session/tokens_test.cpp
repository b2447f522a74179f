// Tokens held in memory, with a slow store.
#include "session/tokens.hpp"
#include "unit/session/echo_provider.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/coro/one_shot.hpp>
#include <coauth/store/memory_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using testing::echo_provider;

namespace {

// Reads at once, but returns the result when the test opens it.
class slow_store final : public store::token_store {
public:
    asio::awaitable<std::optional<store::stored_credential>> find(user_key user) override
    {
        ++finds;
        auto found = co_await inner->find(std::move(user));
        if (held) {
            auto release = std::make_shared<one_shot>();
            waiting.push_back(release);
            co_await release->wait();
        }
        co_return found;
    }
    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return inner->put(std::move(user), std::move(held));
    }
    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return inner->replace_if(std::move(user), version, std::move(held));
    }
    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return inner->lease(std::move(user), version, time);
    }
    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        return inner->remove(std::move(user), version);
    }

    void open()
    {
        held = false;
        for (const auto& waiter : std::exchange(waiting, {}))
            waiter->fire();
    }

    std::shared_ptr<store::token_store> inner = store::memory_token_store();
    bool held = false;
    int finds = 0;
    std::vector<std::shared_ptr<one_shot>> waiting;
};

struct tokens_fixture {
    tokens_fixture()
    {
        session_options options;
        options.tokens = slow;
        options.max_cached_tokens = 2;
        options.on_event = [this](const session_event& event) {
            renewed_events += event.kind == session_event_kind::token_renewed;
        };
        provider->clock = system_clock();
        setup = std::make_shared<sessions::session_setup>(io.get_executor(), provider, options);
        tokens = std::make_shared<sessions::tokens>(setup);
    }

    void put(const char* user_id, const char* token) { put(user_id, credential(secret(token))); }
    void put(const char* user_id, credential held)
    {
        asio::co_spawn(io, tokens->put(user_id, std::move(held)), [](std::exception_ptr e) { CHECK(e == nullptr); });
        poll();
    }

    // The result of `find` is in `found` after a poll, or `failed` is set.
    void start_find(const char* user_id)
    {
        found.reset();
        failed = false;
        asio::co_spawn(io, tokens->find(user_id), [this](std::exception_ptr e, sessions::owner_ptr owner) {
            failed = e != nullptr;
            found = std::move(owner);
        });
        poll();
    }

    void poll()
    {
        io.restart();
        io.poll();
    }

    asio::io_context io;
    std::shared_ptr<slow_store> slow = std::make_shared<slow_store>();
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    int renewed_events = 0;
    std::shared_ptr<const sessions::session_setup> setup;
    std::shared_ptr<sessions::tokens> tokens;
    sessions::owner_ptr found;
    bool failed = false;
};

} // namespace

TEST_CASE("tokens: each is read from the store once, and again after it was evicted as the least recently used")
{
    tokens_fixture c;
    for (const char* user_id : {"a", "b", "c"})
        c.put(user_id, user_id);
    for (const char* user_id : {"a", "b", "a"})
        c.start_find(user_id);
    CHECK(c.slow->finds == 2);
    c.start_find("c"); // in place of b
    c.start_find("a");
    CHECK(c.slow->finds == 3);
    c.start_find("b");
    CHECK(c.slow->finds == 4);
    REQUIRE(c.found);
    CHECK(c.found->held.text().reveal() == "b");
}

TEST_CASE("tokens: one replaced while it is read is read again, and another user's change has no effect")
{
    tokens_fixture c;
    c.put("a", "old");
    c.slow->held = true;
    c.start_find("a");
    c.put("b", "of another");
    c.put("a", "new");
    c.slow->open();
    c.poll();
    REQUIRE(c.found);
    CHECK(c.found->held.text().reveal() == "new");
    CHECK(c.slow->finds == 2);

    c.slow->held = true;
    c.start_find("b");
    c.put("c", "of another");
    c.slow->open();
    c.poll();
    REQUIRE(c.found);
    CHECK(c.slow->finds == 3);
}

TEST_CASE("tokens: one removed while it is read is not held, and one put meanwhile is found")
{
    tokens_fixture c;
    c.put("a", "first");
    c.start_find("a");
    const auto first = c.found;
    c.put("a", "second"); // no longer held; still in the store
    c.slow->held = true;
    c.start_find("a");
    asio::co_spawn(c.io, c.tokens->drop(first, std::nullopt), [](std::exception_ptr, bool removed) {
        CHECK_FALSE(removed); // the second was put meanwhile, and stays
    });
    c.poll();
    c.slow->open();
    c.poll();
    REQUIRE(c.found);
    CHECK(c.found->held.text().reveal() == "second");

    c.slow->held = true;
    c.start_find("new");
    c.put("new", "put meanwhile");
    c.slow->open();
    c.poll();
    REQUIRE(c.found);
    c.start_find("unknown");
    CHECK(c.failed);
}

TEST_CASE("tokens: a credential that was renewed is not renewed again for an older holder of it")
{
    tokens_fixture c;
    c.put("a", c.provider->renewable_token_of("a"));
    c.start_find("a");
    const auto older = c.found;
    REQUIRE(older);
    for (int holders = 0; holders < 3; ++holders) {
        asio::co_spawn(c.io, c.tokens->renew(older), [](std::exception_ptr e) { CHECK(e == nullptr); });
        c.poll();
        c.start_find("a");
        REQUIRE(c.found);
        CHECK(c.found->held.text().reveal() == "token-of-a+1");
    }
    CHECK(c.provider->renewals == 1);
    CHECK(c.renewed_events == 1);
}
