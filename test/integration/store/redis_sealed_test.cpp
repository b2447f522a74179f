// What a Redis holds is of no use without the keys, and nothing can be put in its place.
#include "integration/store/redis_place.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

const store::browser_digest own_browser = store::digest_of_browser("browser");

template <class T>
bool is_sealed_refusal(const result<T>& done)
{
    return !done && done.error().reason() == errc::sealed_record;
}

std::string only_key(redis_place& place, const std::string& pattern)
{
    const auto keys = place.server.keys(pattern);
    REQUIRE(keys.size() == 1);
    return keys[0];
}

// The value of a key with each of its bits flipped, one after the other.
template <class Refused>
void flip_every_bit(redis_place& place, const std::string& key, Refused refused)
{
    const auto whole = place.server.run({"GET", key});
    REQUIRE(whole.size() > 100);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        auto flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        place.server.run({"SET", key, flipped});
        CAPTURE(bit);
        CHECK(refused());
    }
    place.server.run({"SET", key, whole});
}

// The value of a key cut short after each octet.
template <class Refused>
void cut_everywhere(redis_place& place, const std::string& key, Refused refused)
{
    const auto whole = place.server.run({"GET", key});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        place.server.run({"SET", key, whole.substr(0, size)});
        CAPTURE(size);
        CHECK(refused());
    }
    place.server.run({"SET", key, whole});
}

void swap_values(redis_place& place, const std::string& first, const std::string& second)
{
    const auto value = place.server.run({"GET", first});
    place.server.run({"SET", first, place.server.run({"GET", second})});
    place.server.run({"SET", second, value});
}

} // namespace

TEST_CASE("redis sealed: every flipped bit and every cut of a record is refused")
{
    redis_place place;
    store_bench bench;
    store::database_options options;
    options.clock = bench.clock;
    const auto database = place.open(options);

    REQUIRE(bench.run(database->tokens()->put(some_user("1"), some_credential("a"))));
    const auto token_refused = [&] { return is_sealed_refusal(bench.run(database->tokens()->find(some_user("1")))); };
    flip_every_bit(place, "coauth:{token}:1:x:1", token_refused);
    cut_everywhere(place, "coauth:{token}:1:x:1", token_refused);
    CHECK(bench.run(database->tokens()->find(some_user("1"))).value());

    // Where it says when a visitor signed in, a bit may make it long ago.
    REQUIRE(bench.run(database->visitors()->add(browser_number(1), visitor_of("1"), browser_number(2))));
    const auto visitor_refused = [&] {
        const auto found = bench.run(database->visitors()->find(browser_number(1)));
        return is_sealed_refusal(found) || (found && !*found);
    };
    const auto row = only_key(place, "coauth:{visitor}:row:*");
    flip_every_bit(place, row, visitor_refused);
    cut_everywhere(place, row, visitor_refused);
    CHECK(bench.run(database->visitors()->find(browser_number(1))).value());

    // As a login that is due, was taken, is another browser's, or can't be read. Whatever it was, it is there again each time.
    const auto id = store::id_of_login("x", "one");
    REQUIRE(bench.run(database->logins()->add(login_store_rules::login("one"))));
    const auto login_refused = [&] {
        const auto taken = bench.run(database->logins()->take(id, own_browser));
        return is_sealed_refusal(taken) || (taken && !taken->login);
    };
    const auto login = only_key(place, "coauth:{login}:????????????????????????????????");
    flip_every_bit(place, login, login_refused);
    cut_everywhere(place, login, login_refused);
    CHECK(bench.run(database->logins()->take(id, own_browser)).value().login);
}

TEST_CASE("redis sealed: a record in another one's place is refused")
{
    redis_place place;
    store_bench bench;
    const auto database = place.open();
    const auto tokens = database->tokens();
    const auto refused = [&](const user_key& user) { return is_sealed_refusal(bench.run(tokens->find(user))); };
    REQUIRE(bench.run(tokens->put(some_user("1"), some_credential("a"))));
    REQUIRE(bench.run(tokens->put(some_user("2"), some_credential("b"))));
    REQUIRE(bench.run(tokens->put(some_user("1", "github"), some_credential("c"))));
    for (const char* other : {"coauth:{token}:1:x:2", "coauth:{token}:6:github:1"}) {
        swap_values(place, "coauth:{token}:1:x:1", other);
        CHECK(refused(some_user("1")));
        swap_values(place, "coauth:{token}:1:x:1", other);
        CHECK(bench.run(tokens->find(some_user("1"))).value());
    }

    // An older text under a newer version.
    const auto older = place.server.run({"GET", "coauth:{token}:1:x:1"});
    REQUIRE(bench.run(tokens->put(some_user("1"), some_credential("d"))));
    const auto newer = place.server.run({"GET", "coauth:{token}:1:x:1"});
    place.server.run({"SET", "coauth:{token}:1:x:1", newer.substr(0, 20) + older.substr(20)});
    CHECK(refused(some_user("1")));

    // A login of one browser given to another, and the text of another login.
    REQUIRE(bench.run(database->logins()->add(login_store_rules::login("one"))));
    const auto login = only_key(place, "coauth:{login}:????????????????????????????????");
    const auto value = place.server.run({"GET", login});
    const auto thief = store::digest_of_browser("thief");
    place.server.run(
        {"SET", login, value.substr(0, 17) + std::string(thief.octets.begin(), thief.octets.end()) + value.substr(49)});
    CHECK(is_sealed_refusal(bench.run(database->logins()->take(store::id_of_login("x", "one"), thief))));

    // A visitor's row given to another browser.
    REQUIRE(bench.run(database->visitors()->add(browser_number(1), visitor_of("1"), browser_number(3))));
    const auto row = only_key(place, "coauth:{visitor}:row:*");
    REQUIRE(bench.run(database->visitors()->add(browser_number(2), visitor_of("2"), browser_number(3))));
    for (const auto& other : place.server.keys("coauth:{visitor}:row:*"))
        place.server.run({"SET", other, place.server.run({"GET", row})});
    CHECK(is_sealed_refusal(bench.run(database->visitors()->find(browser_number(2)))));
    CHECK(bench.run(database->visitors()->find(browser_number(1))).value());

    // What another app's prefix sealed.
    redis_place other(place);
    other.address.prefix = "other:";
    const auto second = other.open();
    REQUIRE(bench.run(second->tokens()->put(some_user("1"), some_credential("a"))));
    place.server.run({"SET", "coauth:{token}:1:x:1", place.server.run({"GET", "other:{token}:1:x:1"})});
    CHECK(refused(some_user("1")));
}

TEST_CASE("redis sealed: no file, log or snapshot of the Redis has a secret")
{
    redis_server server({"--appendonly", "yes"});
    server.run({"CONFIG", "SET", "slowlog-log-slower-than", "0"});
    redis_place place(server);
    store_bench bench;
    const auto database = place.open();
    const credential held(secret("canary-credential"));
    const store::pending_login login(
        store::id_of_login("x", "canary-key"), secret("canary-proof"), own_browser, "/canary-return");
    REQUIRE(bench.run(database->logins()->add(login)));
    server.run({"SAVE"});
    CHECK(bench.run(database->logins()->take(login.id, own_browser)).value().login);
    login_outcome outcome(login_status::granted);
    outcome.user = signed_in_user("x", "1", "canary-username", "canary-name");
    outcome.return_to = "/canary-return";
    REQUIRE(bench.run(database->logins()->end(login.id, store::ended_login(outcome))));
    const auto version = bench.run(database->tokens()->put(some_user("1"), held)).value();
    REQUIRE(bench.run(database->tokens()->replace_if(some_user("1"), version, held)));
    REQUIRE(bench.run(database->visitors()->add(browser_number(1), outcome.user, browser_number(2))));
    const auto slow = server.run({"SLOWLOG", "GET", "128"});
    CHECK(slow.find("canary") == std::string::npos);
    server.run({"BGREWRITEAOF"});
    server.run({"SAVE"});
    const auto octets = server.octets();
    CHECK(octets.find("coauth:{token}:1:x:1") != std::string::npos);
    CHECK(octets.find("canary") == std::string::npos);
}

TEST_CASE("redis sealed: without its key a record can't be opened, and others can")
{
    redis_place place;
    store_bench bench;
    REQUIRE(bench.run(place.open()->tokens()->put(some_user("1"), some_credential("a"))));
    place.keys = keys_of_letters("b");
    const auto database = place.open();
    REQUIRE(bench.run(database->tokens()->put(some_user("2"), some_credential("b"))));
    const auto found = bench.run(database->tokens()->find(some_user("1")));
    CHECK(is_sealed_refusal(found));
    CHECK(found.error().message().find("the key a") != std::string::npos);
    CHECK(bench.run(database->tokens()->find(some_user("2"))).value());
    // What can't be opened is reported at the end; all else is sealed anew.
    place.keys->add(key_of_letter('c'));
    CHECK(is_sealed_refusal(bench.run(database->reseal())));
    place.keys->remove("b");
    CHECK(bench.run(database->tokens()->find(some_user("2"))).value());
}

TEST_CASE("redis sealed: keys are rotated while others read and write, and the old one is not needed then")
{
    constexpr int users = 300;
    redis_place place;
    store_bench bench;
    const auto database = place.open();
    const auto tokens = database->tokens();
    for (int i = 0; i < users; ++i) {
        const auto name = std::to_string(i);
        REQUIRE(bench.run(tokens->put(some_user(name), some_credential(name))));
        REQUIRE(bench.run(database->visitors()->add(browser_number(i), visitor_of(name), browser_number(-1))));
        REQUIRE(bench.run(database->logins()->add(login_store_rules::login(name, name))));
    }
    place.keys->add(key_of_letter('b'));
    std::optional<result<store::reseal_counts>> resealed;
    asio::co_spawn(bench.io, as_result(database->reseal()),
        [&resealed](
            const std::exception_ptr&, result<store::reseal_counts> done) { resealed.emplace(std::move(done)); });
    // Others, one after the other, until it has ended.
    int rounds = 0;
    for (; !resealed; ++rounds) {
        const auto user = some_user(std::to_string(rounds % users));
        const auto found = bench.run(tokens->find(user)).value();
        REQUIRE(found);
        const auto replaced = bench.run(tokens->replace_if(user, found->version, found->held));
        REQUIRE(replaced);
        CHECK(replaced->has_value());
    }
    REQUIRE(*resealed);
    const store::reseal_counts counts = **resealed;
    CHECK(counts.resealed <= 3 * users);
    CHECK(counts.resealed >= 2 * users);
    CHECK(counts.records >= 3 * users);
    CHECK(rounds > 10);
    place.keys->remove("a");
    for (int i = 0; i < users; ++i) {
        const auto name = std::to_string(i);
        CHECK(bench.run(tokens->find(some_user(name))).value()->held.text().reveal() == "secret of " + name);
        CHECK(bench.run(database->visitors()->find(browser_number(i))).value());
        const auto id = store::id_of_login("x", name);
        CHECK(bench.run(database->logins()->take(id, store::digest_of_browser(name))).value().login);
    }
    CHECK(bench.run(database->reseal()).value().resealed == 0);
}
