#include <coauth/error.hpp>
#include <coauth/oauth1/nonce_store.hpp>

#include <limits>

using coauth::oauth1::nonce_store;
using outcome = coauth::oauth1::nonce_store::outcome;

TEST_CASE("nonce_store: a nonce is fresh once")
{
    nonce_store store;
    CHECK_FALSE(store.seen("app", "token", 100, "n"));
    CHECK(store.record("app", "token", 100, "n", 0) == outcome::fresh);
    CHECK(store.seen("app", "token", 100, "n"));
    CHECK(store.record("app", "token", 100, "n", 0) == outcome::seen);
    CHECK(store.size() == 1);
}

TEST_CASE("nonce_store: another consumer, token, timestamp or nonce is another request")
{
    nonce_store store;
    REQUIRE(store.record("app", "token", 100, "n", 0) == outcome::fresh);
    CHECK(store.record("app2", "token", 100, "n", 0) == outcome::fresh);
    CHECK(store.record("app", "token2", 100, "n", 0) == outcome::fresh);
    CHECK(store.record("app", "", 100, "n", 0) == outcome::fresh);
    CHECK(store.record("app", "token", 101, "n", 0) == outcome::fresh);
    CHECK(store.record("app", "token", 100, "N", 0) == outcome::fresh);
    CHECK(store.size() == 6);
}

TEST_CASE("nonce_store: texts that join to the same are not confused")
{
    nonce_store store;
    REQUIRE(store.record("ab", "c", 1, "d", 0) == outcome::fresh);
    CHECK(store.record("a", "bc", 1, "d", 0) == outcome::fresh);
    CHECK(store.record("ab", "", 1, "cd", 0) == outcome::fresh);
    CHECK(store.record("", "abc", 1, "d", 0) == outcome::fresh);
    CHECK(store.record("1,1:a", "", 1, "", 0) == outcome::fresh);
    CHECK(store.record("", "1,1:a", 1, "", 0) == outcome::fresh);
}

TEST_CASE("nonce_store: when full of entries that can still be accepted, it refuses new ones and evicts none")
{
    nonce_store store(3);
    for (const char* nonce : {"a", "b", "c"})
        REQUIRE(store.record("app", "", 100, nonce, 100) == outcome::fresh);
    CHECK(store.record("app", "", 101, "d", 100) == outcome::full);
    CHECK(store.record("app", "", 100, "a", 100) == outcome::seen);
    CHECK(store.size() == 3);
}

TEST_CASE("nonce_store: entries that are too old to be accepted make room, the oldest first")
{
    nonce_store store(3);
    REQUIRE(store.record("app", "", 100, "a", 0) == outcome::fresh);
    REQUIRE(store.record("app", "", 100, "b", 0) == outcome::fresh);
    REQUIRE(store.record("app", "", 101, "c", 0) == outcome::fresh);
    CHECK(store.record("app", "", 400, "d", 102) == outcome::fresh);
    CHECK(store.size() == 2); // both of second 100 went at once, second 101 stayed
    CHECK(store.seen("app", "", 101, "c"));
    CHECK(store.seen("app", "", 400, "d"));
}

TEST_CASE("nonce_store: what is as old as an evicted entry counts as seen though the clock was set back")
{
    nonce_store store(1);
    REQUIRE(store.record("app", "", 100, "a", 0) == outcome::fresh);
    REQUIRE(store.record("app", "", 500, "b", 101) == outcome::fresh);
    CHECK(store.record("app", "", 100, "a", 0) == outcome::seen);
    CHECK(store.record("app", "", 99, "z", 0) == outcome::seen);
    CHECK(store.record("app", "", 101, "z", 101) == outcome::full);
}

TEST_CASE("nonce_store: a request older than what makes room for it is not recorded")
{
    nonce_store store(1);
    REQUIRE(store.record("app", "", 100, "a", 0) == outcome::fresh);
    CHECK(store.record("app", "", 50, "b", 101) == outcome::seen);
    CHECK(store.size() == 0);
}

TEST_CASE("nonce_store: the smallest and the largest time are times like others")
{
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    nonce_store store(2);
    CHECK(store.record("app", "", last, "a", first) == outcome::fresh);
    CHECK(store.record("app", "", 1, "a", first) == outcome::fresh);
    CHECK(store.record("app", "", 2, "a", last) == outcome::fresh);
    CHECK(store.seen("app", "", last, "a"));
}

TEST_CASE("nonce_store: any requests leave the store within its capacity")
{
    nonce_store store(50);
    for (std::int64_t t = 1; t <= 2000; ++t) {
        store.record("app", "token", t, "n" + std::to_string(t % 7), t - 40);
        REQUIRE(store.size() <= 50);
        REQUIRE(store.seen("app", "token", t, "n" + std::to_string(t % 7)));
    }
}

TEST_CASE("nonce_store: a store without room is refused")
{
    CHECK_THROWS_AS(nonce_store(0), coauth::error);
}
