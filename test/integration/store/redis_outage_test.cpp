// A Redis that is slow, away, or refuses access.
#include "integration/store/redis_place.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

store::database_options short_deadline(std::chrono::milliseconds deadline)
{
    store::database_options options;
    options.deadline = deadline;
    return options;
}

template <class T>
bool is_unavailable(const result<T>& done, const std::string& text = {}, const std::string& hint = {})
{
    INFO((done ? "a value" : done.error().what()));
    REQUIRE_FALSE(done);
    CHECK(done.error().reason() == errc::store_unavailable);
    CHECK(done.error().message().find(text) != std::string::npos);
    CHECK(done.error().hint().value_or("").find(hint) != std::string::npos);
    return true;
}

// A port of this machine that is free now.
std::uint16_t free_port()
{
    asio::io_context io;
    return asio::ip::tcp::acceptor(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0))
        .local_endpoint()
        .port();
}

} // namespace

TEST_CASE("redis outage: a stopped server costs an operation its deadline, and serves again when it goes on")
{
    redis_server server;
    redis_place place(server);
    store_bench bench;
    const auto database = place.open(short_deadline(400ms));
    const auto tokens = database->tokens();
    REQUIRE(bench.run(tokens->put(some_user("1"), some_credential("a"))));
    server.pause();
    const auto begun = std::chrono::steady_clock::now();
    const auto put = bench.run(tokens->put(some_user("1"), some_credential("b")));
    CHECK(is_unavailable(put, "no reply came within 400 ms; it may have been carried out"));
    CHECK_FALSE(put.error().not_sent());
    const auto again = bench.run(tokens->put(some_user("1"), some_credential("b")));
    CHECK(is_unavailable(again, "there is no connection"));
    CHECK(again.error().not_sent());
    const auto elapsed = std::chrono::steady_clock::now() - begun;
    CHECK(elapsed >= 800ms);
    CHECK(elapsed < 4s);
    server.resume();
    CHECK(bench.run(place.open()->tokens()->find(some_user("1"))).value());
    while (!bench.run(tokens->find(some_user("1")))) {}
}

TEST_CASE("redis outage: a slow command is waited for up to the deadline")
{
    redis_place place;
    store_bench bench;
    const auto database = place.open(short_deadline(5s));
    REQUIRE(bench.run(database->tokens()->put(some_user("1"), some_credential("a"))));
    place.server.run({"CLIENT", "PAUSE", "300", "ALL"});
    const auto begun = std::chrono::steady_clock::now();
    CHECK(bench.run(database->tokens()->find(some_user("1"))).value());
    CHECK(std::chrono::steady_clock::now() - begun >= 200ms);
}

TEST_CASE("redis outage: what only reads is sent again when the connection is lost, and what writes fails")
{
    redis_place place;
    store_bench bench;
    const auto database = place.open(short_deadline(60s)); // longer than a busy machine takes
    const auto tokens = database->tokens();
    REQUIRE(bench.run(tokens->put(some_user("1"), some_credential("a"))));
    for (const bool reads : {true, false}) {
        // Scripts wait like writes, so the connection is lost with a command in flight.
        place.server.run({"CLIENT", "PAUSE", "60000", "WRITE"});
        bool ended = false;
        result<void> done;
        const auto keep = [&](const std::exception_ptr&, const auto& found) {
            ended = true;
            if (!found)
                done = found.error();
        };
        if (reads)
            asio::co_spawn(bench.io, as_result(database->logins()->count(store::digest_of_browser("browser"))), keep);
        else
            asio::co_spawn(bench.io, as_result(tokens->put(some_user("1"), some_credential("b"))), keep);
        bench.io.restart();
        bench.io.poll();
        place.server.wait_for_command(reads ? "evalsha" : "set");
        place.server.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        place.server.run({"CLIENT", "UNPAUSE"});
        bench.io.run();
        REQUIRE(ended);
        if (reads)
            CHECK(done);
        else
            CHECK(is_unavailable(done, "may have been carried out"));
        CHECK(bench.run(tokens->find(some_user("1"))).value());
    }
}

TEST_CASE("redis outage: what waits for a Redis that starts is carried out")
{
    redis_server server;
    server.kill();
    redis_place place(server);
    store_bench bench;
    const auto database = place.open(short_deadline(300ms));
    const auto refused = bench.run(database->tokens()->put(some_user("1"), some_credential("a")));
    CHECK(is_unavailable(refused, "there is no connection to the Redis: ", "check that the Redis runs"));
    CHECK(refused.error().not_sent());
    const auto patient = place.open(short_deadline(20s));
    bool put = false;
    asio::co_spawn(bench.io, as_result(patient->tokens()->put(some_user("1"), some_credential("a"))),
        [&put](const std::exception_ptr&, const result<std::uint64_t>& done) { put = done.has_value(); });
    bench.io.restart();
    bench.io.poll();
    server.start();
    bench.io.run();
    CHECK(put);
    CHECK(bench.run(patient->tokens()->find(some_user("1"))).value());
}

TEST_CASE("redis outage: nothing acknowledged is lost when the server is killed")
{
    redis_server server({"--appendonly", "yes", "--appendfsync", "always"});
    redis_place place(server);
    store_bench bench;
    const auto database = place.open(short_deadline(20s));
    std::vector<std::pair<std::string, std::uint64_t>> kept;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 20; ++i) {
            const auto id = std::to_string(round) + "_" + std::to_string(i);
            const auto put = bench.run(database->tokens()->put(some_user(id), some_credential(id)));
            REQUIRE(put);
            kept.emplace_back(id, *put);
        }
        REQUIRE(bench.run(database->logins()->add(login_store_rules::login("login" + std::to_string(round)))));
        server.kill();
        server.start();
        for (const auto& token : kept) {
            const auto found = bench.run(database->tokens()->find(some_user(token.first))).value();
            REQUIRE(found);
            CHECK(found->version == token.second);
            CHECK(found->held.text().reveal() == "secret of " + token.first);
        }
        const auto id = store::id_of_login("x", "login" + std::to_string(round));
        CHECK(bench.run(database->logins()->take(id, store::digest_of_browser("browser"))).value().login);
    }
}

TEST_CASE("redis access: user and password are checked, and a refusal says what to do and shows no password")
{
    redis_server server({"--requirepass", "the default one"});
    redis_place place(server);
    store_bench bench;
    const auto find = [&] { return bench.run(place.open(short_deadline(2s))->tokens()->find(some_user("1"))); };
    CHECK(is_unavailable(find(), "NOAUTH", "COAUTH_REDIS_PASSWORD"));
    place.address.password = secret("a wrong one");
    const auto wrong = find();
    CHECK(is_unavailable(wrong, "WRONGPASS", "COAUTH_REDIS_PASSWORD"));
    CHECK(std::string(wrong.error().what()).find("wrong one") == std::string::npos);
    place.address.user = "nobody";
    CHECK(is_unavailable(find(), "WRONGPASS", "COAUTH_REDIS_USER"));
    place.address.user = "";
    place.address.password = secret("the default one");
    CHECK(find());
    place.address.user = "default";
    CHECK(find());
    place.address.database = 99;
    CHECK(is_unavailable(find(), "DB index", "database"));
    place.address.database = 0;
    place.address.user = "";
    place.address.password = secret("");

    redis_server open_server;
    redis_place open_place(open_server);
    open_place.address.password = secret("a password");
    const auto surplus = bench.run(open_place.open(short_deadline(2s))->tokens()->find(some_user("1")));
    CHECK(is_unavailable(surplus, "AUTH", "unset COAUTH_REDIS_PASSWORD"));
}

TEST_CASE("redis access: a wrong password is not tried all the time, and a corrected one lets in")
{
    redis_server server({"--requirepass", "first"});
    redis_place place(server);
    place.address.password = secret("second");
    store_bench bench;
    const auto database = place.open();
    const auto begun = std::chrono::steady_clock::now();
    int refusals = 0;
    while (std::chrono::steady_clock::now() - begun < 1s) {
        CHECK(is_unavailable(bench.run(database->tokens()->find(some_user("1"))), "WRONGPASS"));
        ++refusals;
    }
    CHECK(refusals <= 12);
    redis_place insider(server);
    insider.address.password = secret("first");
    const auto raw =
        std::unique_ptr<redisContext, void (*)(redisContext*)>(redisConnectUnix(server.socket().c_str()), redisFree);
    freeReplyObject(redisCommand(raw.get(), "AUTH first"));
    freeReplyObject(redisCommand(raw.get(), "CONFIG SET requirepass second"));
    CHECK(bench.run(database->tokens()->find(some_user("1"))).has_value());
}

TEST_CASE("redis access: an ACL user with the documented rule does everything")
{
    redis_server server;
    server.run({"ACL", "SETUSER", "app", "on", ">a password", "~coauth:*", "+auth", "+client|setname", "+select",
        "+ping", "+info", "+eval", "+evalsha", "+get", "+set", "+del", "+exists", "+incr", "+getdel", "+zadd", "+zrem",
        "+zcard", "+zcount", "+zlexcount", "+zrange", "+zrangebyscore", "+rpush", "+lpop", "+llen", "+lindex", "+xadd",
        "+xread", "+pexpire", "+scan", "+time"});
    redis_place place(server);
    place.address.user = "app";
    place.address.password = secret("a password");
    store_bench bench;
    store::database_options options;
    options.clock = bench.clock;
    const auto database = place.open(options);
    const auto logins = database->logins();
    const auto id = store::id_of_login("x", "one");
    const auto browser = store::digest_of_browser("browser");
    recorded_ends recorded;
    const auto watching = place.open(options)->logins()->watch(recorded.watcher("other"));
    const auto other = place.open(options);
    const auto watching_other = other->logins()->watch(recorded.watcher("other"));
    REQUIRE(bench.run(logins->add(login_store_rules::login("one"))));
    CHECK(bench.run(logins->count(browser)).value().living == 1);
    CHECK(bench.run(logins->take(id, browser)).value().login);
    CHECK(bench.run(logins->end(id, granted_login("7"))));
    CHECK(recorded.wait_for(1).size() == 1);
    REQUIRE(bench.run(logins->add(login_store_rules::login("two"))));
    bench.clock->advance(login_store_rules::ttl);
    CHECK(bench.run(logins->expire()).value().expired == 1);
    bench.clock->advance(login_store_rules::ttl);
    CHECK(bench.run(logins->expire()));
    const auto tokens = database->tokens();
    const auto version = bench.run(tokens->put(some_user("1"), some_credential("a"))).value();
    CHECK(bench.run(tokens->lease(some_user("1"), version, 30s)).value());
    CHECK(bench.run(tokens->replace_if(some_user("1"), version, some_credential("b"))).value());
    CHECK(bench.run(tokens->find(some_user("1"))).value());
    CHECK(bench.run(tokens->remove(some_user("1"), std::nullopt)).value());
    const auto visitors = database->visitors();
    const signed_in_user user("x", "1");
    REQUIRE(bench.run(visitors->add(browser, user, store::browser_digest())));
    CHECK(bench.run(visitors->find(browser)).value());
    CHECK(bench.run(visitors->has(user.key())).value());
    CHECK(bench.run(visitors->count()).value() == 1);
    place.keys->add(key_of_letter('b'));
    CHECK(bench.run(database->reseal()).value().resealed == 1);
    CHECK(bench.run(visitors->remove_all(user.key(), bench.clock->now())).value());
    CHECK(bench.run(visitors->expire(9)));

    server.run({"ACL", "SETUSER", "app", "-eval", "-evalsha"});
    CHECK(is_unavailable(bench.run(logins->count(browser)), "NOPERM", "ACL"));
}

TEST_CASE("redis address: a host and a port, and a name that has no address")
{
    const auto port = free_port();
    redis_server server({"--port", std::to_string(port)});
    store_bench bench;
    store::redis_options address;
    address.port = port;
    for (const char* host : {"127.0.0.1", "localhost"}) {
        address.host = host;
        const auto database = store::redis_store(address, keys_of_letters("a"), short_deadline(5s));
        CHECK(bench.run(database->tokens()->put(some_user("1"), some_credential("a"))));
    }
    address.host = "no-such-host.invalid";
    const auto nowhere = store::redis_store(address, keys_of_letters("a"), short_deadline(500ms));
    CHECK(is_unavailable(bench.run(nowhere->tokens()->find(some_user("1"))), "there is no connection"));
}
