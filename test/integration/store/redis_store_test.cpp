// What is of Redis alone in its stores.
#include "integration/store/redis_place.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

const store::browser_digest usual_browser = store::digest_of_browser("browser");

// A number of `INFO stats`.
long long redis_statistic(redis_server& server, const std::string& name)
{
    const auto all = server.run({"INFO", "stats"});
    const auto begin = all.find(name + ":");
    REQUIRE(begin != std::string::npos);
    return std::stoll(all.substr(begin + name.size() + 1));
}

// Waits until the server has so many clients blocked by a read.
void wait_for_readers(redis_server& server, int count)
{
    const auto blocked = "blocked_clients:" + std::to_string(count);
    while (server.run({"INFO", "clients"}).find(blocked) == std::string::npos) {}
}

} // namespace

TEST_CASE("redis logins: an end reaches another process within 100 ms")
{
    redis_place place;
    store_bench bench;
    const auto first = place.open();
    const auto second = place.open();
    std::promise<std::chrono::steady_clock::time_point> notified;
    const auto watching = second->logins()->watch([&notified](const store::login_id&, const store::ended_login&) {
        notified.set_value(std::chrono::steady_clock::now());
    });
    wait_for_readers(place.server, 1);
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(bench.run(first->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    CHECK(notified.get_future().get() - begun < 100ms);
}

TEST_CASE("redis logins: what ends while the connection is lost reaches who watches, once")
{
    redis_server server;
    redis_place place(server);
    store_bench bench;
    const auto first = place.open();
    const auto second = place.open();
    recorded_ends recorded;
    const auto watching = second->logins()->watch(recorded.watcher("second"));
    const auto own = first->logins()->watch(recorded.watcher("first"));
    wait_for_readers(server, 2);
    const auto end = [&](const std::string& user) {
        REQUIRE(bench.run(first->logins()->end(store::id_of_login("x", user), granted_login(user))));
    };
    end("1");
    for (const char* user : {"2", "3"}) {
        server.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        end(user);
    }
    const auto expected = std::vector<std::string>{
        "first: 1/back", "first: 2/back", "first: 3/back", "second: 1/back", "second: 2/back", "second: 3/back"};
    CHECK(recorded.wait_for(6) == expected);
    wait_for_readers(server, 2);
    end("4");
    CHECK(recorded.wait_for(8).size() == 8);
}

TEST_CASE("redis logins: an end from the moment of watching on is read, an earlier one is not")
{
    redis_place place;
    store_bench bench;
    const auto first = place.open();
    REQUIRE(bench.run(first->logins()->end(store::id_of_login("x", "1"), granted_login("1"))));
    const auto before = std::stoll(place.server.run({"TIME"}));
    while (std::stoll(place.server.run({"TIME"})) < before + 2) {} // seconds
    recorded_ends recorded;
    const auto second = place.open();
    const auto watching = second->logins()->watch(recorded.watcher("second"));
    REQUIRE(bench.run(first->logins()->end(store::id_of_login("x", "2"), granted_login("2"))));
    CHECK(recorded.wait_for(1) == std::vector<std::string>{"second: 2/back"});
}

TEST_CASE("redis logins: a message that can't be opened is ignored, and reported once")
{
    redis_place place;
    recorded_warnings warnings;
    place.address.on_warning = warnings.recorder();
    store_bench bench;
    recorded_ends recorded;
    const auto watching_database = place.open();
    const auto watching = watching_database->logins()->watch(recorded.watcher("second"));
    wait_for_readers(place.server, 1);
    const std::string stream = "coauth:{login}:ended";
    place.server.run({"XADD", stream, "*", "login", "short"});
    place.server.run({"XADD", stream, "*", "login", std::string(16, 'a'), "sealed", "nothing sealed"});
    place.server.run({"XADD", stream, "*", "odd", "odd"});
    const auto other = place.open();
    REQUIRE(bench.run(other->logins()->end(store::id_of_login("x", "1"), granted_login("1"))));
    CHECK(recorded.wait_for(1) == std::vector<std::string>{"second: 1/back"});
    REQUIRE(warnings.all().size() == 1);
    CHECK(warnings.all()[0].find("a login that has ended was ignored") != std::string::npos);
}

TEST_CASE("redis logins: a connection reads the ends while something watches, and not longer")
{
    redis_place place;
    const auto database = place.open();
    auto watching = database->logins()->watch([](const store::login_id&, const store::ended_login&) {});
    wait_for_readers(place.server, 1);
    watching = nullptr;
    wait_for_readers(place.server, 0);
    const auto reads = redis_statistic(place.server, "total_commands_processed");
    watching = database->logins()->watch([](const store::login_id&, const store::ended_login&) {});
    wait_for_readers(place.server, 1);
    CHECK(redis_statistic(place.server, "total_commands_processed") > reads);
}

TEST_CASE("redis logins: of 50 callbacks at four processes one takes the login")
{
    redis_place place;
    store_bench bench;
    std::vector<std::shared_ptr<store::database>> processes;
    for (int i = 0; i < 4; ++i)
        processes.push_back(place.open());
    REQUIRE(bench.run(processes[0]->logins()->add(login_store_rules::login("one"))));
    int taken = 0;
    int replayed = 0;
    for (std::size_t i = 0; i < 50; ++i)
        asio::co_spawn(bench.io, processes[i % 4]->logins()->take(store::id_of_login("x", "one"), usual_browser),
            [&](const std::exception_ptr& failed, const store::taken_login& login) {
                CHECK(failed == nullptr);
                taken += login.what == login_store_rules::status::taken;
                replayed += login.what == login_store_rules::status::replayed;
            });
    bench.io.restart();
    bench.io.run();
    CHECK(taken == 1);
    CHECK(replayed == 49);
}

TEST_CASE("redis: a thousand operations at once take few round trips")
{
    redis_place place;
    store_bench bench;
    REQUIRE(bench.run(place.open()->tokens()->put(some_user("1"), some_credential("a"))));
    const auto reads = redis_statistic(place.server, "total_reads_processed");

    // All of them wait for the server's first answer, however fast either is.
    place.server.pause();
    const auto tokens = place.open()->tokens();
    int found = 0;
    for (int i = 0; i < 1'000; ++i)
        asio::co_spawn(bench.io, tokens->find(some_user("1")),
            [&found](const std::exception_ptr& failed, const std::optional<store::stored_credential>& token) {
                found += failed == nullptr && token.has_value();
            });
    bench.io.restart();
    bench.io.poll();
    place.server.resume();
    bench.io.run();
    CHECK(found == 1'000);
    CHECK(redis_statistic(place.server, "total_reads_processed") - reads < 100);
}

TEST_CASE("redis: scripts that the server forgets are sent again")
{
    redis_place place;
    store_bench bench;
    const auto logins = place.open()->logins();
    REQUIRE(bench.run(logins->count(usual_browser)));
    place.server.run({"SCRIPT", "FLUSH"});
    int counted = 0;
    for (int i = 0; i < 10; ++i)
        asio::co_spawn(bench.io, logins->count(usual_browser),
            [&counted](const std::exception_ptr& failed, store::login_store::counts) { counted += failed == nullptr; });
    bench.io.restart();
    bench.io.run();
    CHECK(counted == 10);
}

TEST_CASE("redis: every key is under the prefix, in a slot for each table, and apps with a prefix each share nothing")
{
    redis_place place;
    place.address.prefix = "app-1[*?]\\:";
    store_bench bench;
    const auto database = place.open();
    REQUIRE(bench.run(database->logins()->add(login_store_rules::login("one"))));
    REQUIRE(bench.run(database->logins()->end(store::id_of_login("x", "two"), granted_login("7"))));
    const auto version = bench.run(database->tokens()->put(some_user("1"), some_credential("a"))).value();
    CHECK(bench.run(database->tokens()->lease(some_user("1"), version, 30s)).value());
    REQUIRE(bench.run(database->visitors()->add(browser_number(1), visitor_of("1"), browser_number(2))));
    const auto keys = place.server.keys("*");
    CHECK(keys.size() >= 9);
    for (const auto& key : keys) {
        CAPTURE(key);
        const bool known = key.starts_with(place.address.prefix + "{login}:") ||
                           key.starts_with(place.address.prefix + "{token}:") ||
                           key.starts_with(place.address.prefix + "{visitor}:");
        CHECK(known);
    }
    redis_place other;
    // `other` has emptied the Redis; both write now.
    const auto second = other.open();
    REQUIRE(bench.run(database->tokens()->put(some_user("1"), some_credential("a"))));
    CHECK_FALSE(bench.run(second->tokens()->find(some_user("1"))).value());
    REQUIRE(bench.run(second->tokens()->put(some_user("1"), some_credential("b"))));
    CHECK(bench.run(database->tokens()->find(some_user("1"))).value()->held.text().reveal() == "secret of a");
    place.keys->add(key_of_letter('b'));
    const auto counts = bench.run(database->reseal()).value(); // the other's is left alone
    CHECK(counts.resealed == 1);
    CHECK(counts.records == 1);
}

TEST_CASE("redis: logins, leases and visitors go by themselves, tokens stay")
{
    redis_place place;
    store_bench bench;
    const auto database = place.open();
    REQUIRE(bench.run(database->logins()->add(login_store_rules::login("one"))));
    REQUIRE(bench.run(database->logins()->end(store::id_of_login("x", "two"), granted_login("7"))));
    const auto version = bench.run(database->tokens()->put(some_user("1"), some_credential("a"))).value();
    CHECK(bench.run(database->tokens()->lease(some_user("1"), version, 30s)).value());
    REQUIRE(bench.run(database->visitors()->add(browser_number(1), visitor_of("1"), browser_number(2))));
    const auto left = [&](const std::string& pattern) {
        const auto keys = place.server.keys(pattern);
        REQUIRE(keys.size() == 1);
        return std::stoll(place.server.run({"TTL", keys[0]}));
    };
    CHECK(left("coauth:{login}:????????????????????????????????") > 1'200);
    CHECK(left("coauth:{login}:ended") > 0);
    CHECK(left("coauth:{token}:lease:*") > 30);
    CHECK(left("coauth:{token}:1:x:1") == -1);
    CHECK(left("coauth:{visitor}:row:*") > 12 * 3'600);
    REQUIRE(bench.run(database->logins()->take(store::id_of_login("x", "one"), usual_browser)).value().login);
    CHECK(left("coauth:{login}:????????????????????????????????") > 600);
}

TEST_CASE("redis: a key of another type fails what needs it, and nothing else")
{
    redis_place place;
    store_bench bench;
    const auto database = place.open();
    place.server.run({"RPUSH", "coauth:{token}:1:x:1", "odd"});
    place.server.run({"SET", "coauth:{login}:due", "odd"});
    place.server.run({"SET", "coauth:{visitor}:all", "odd"});
    const auto check = [](const auto& done) {
        REQUIRE_FALSE(done);
        CHECK(done.error().reason() == errc::store_unavailable);
        CHECK(done.error().message().find("WRONGTYPE") != std::string::npos);
        CHECK(done.error().hint()->find("prefix") != std::string::npos);
    };
    check(bench.run(database->tokens()->find(some_user("1"))));
    check(bench.run(database->tokens()->lease(some_user("1"), 1, 30s)));
    check(bench.run(database->logins()->add(login_store_rules::login("one"))));
    check(bench.run(database->logins()->expire()));
    check(bench.run(database->visitors()->count()));
    CHECK(bench.run(database->tokens()->put(some_user("2"), some_credential("a"))));
    const auto counts = bench.run(database->reseal()).value();
    CHECK(counts.resealed == 0);
    CHECK(counts.records == 1);
}

TEST_CASE("redis: a policy that evicts is warned of at the start, once")
{
    for (const char* policy : {"noeviction", "allkeys-lru", "volatile-ttl"}) {
        redis_place place;
        place.server.run({"CONFIG", "SET", "maxmemory-policy", policy});
        recorded_warnings warnings;
        place.address.on_warning = warnings.recorder();
        store_bench bench;
        const auto database = place.open();
        CHECK(bench.run(database->visitors()->count()));
        place.server.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        CHECK(bench.run(database->visitors()->count()));
        place.server.run({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
        CHECK(warnings.all().size() == (std::string(policy) == "noeviction" ? 0 : 1));
        for (const auto& warning : warnings.all())
            CHECK(warning.find(policy) != std::string::npos);
    }
}

TEST_CASE("redis: a store may be released by its own thread, and with operations in progress")
{
    redis_place place;
    store_bench bench;
    auto database = place.open();
    std::promise<void> released;
    std::shared_ptr<void> watching;
    watching = database->logins()->watch([&](const store::login_id&, const store::ended_login&) {
        database = nullptr;
        released.set_value();
    });
    wait_for_readers(place.server, 1);
    const auto other = place.open();
    REQUIRE(bench.run(other->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    released.get_future().get();
    watching = nullptr;

    place.server.run({"CLIENT", "PAUSE", "200", "ALL"});
    bool ended = false;
    auto tokens = place.open()->tokens();
    asio::co_spawn(bench.io, as_result(tokens->find(some_user("1"))),
        [&ended](const std::exception_ptr&, const auto& found) { ended = found.has_value(); });
    bench.io.restart();
    bench.io.poll();
    tokens = nullptr;
    bench.io.run();
    CHECK(ended);
}

TEST_CASE("redis: a context may be destroyed while its coroutines await a reply")
{
    redis_place place;
    place.server.run({"CLIENT", "PAUSE", "60000", "WRITE"});
    store::database_options options;
    options.deadline = std::chrono::seconds(60); // longer than a busy machine takes
    auto database = place.open(options);
    const auto tokens = database->tokens();
    std::weak_ptr<int> of_coroutine;
    {
        asio::io_context io;
        for (int i = 0; i < 10; ++i) {
            auto kept = std::make_shared<int>(i);
            of_coroutine = kept;
            asio::co_spawn(io, tokens->put(some_user("1"), some_credential("a")),
                [kept](const std::exception_ptr&, std::uint64_t) { FAIL("it has no context to run on"); });
        }
        io.poll();
        place.server.wait_for_command("set");
    }
    CHECK(of_coroutine.expired());
    place.server.run({"CLIENT", "UNPAUSE"});
    store_bench bench;
    CHECK(bench.run(tokens->find(some_user("1"))).value()); // the replies have come
    database = nullptr;
}
