// The desk's driver: who waits is woken once, with their own answer.
#include "unit/session/bureau.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

TEST_CASE("a thousand lookups of ten people are ten names in one request, and two people's are two requests")
{
    bureau b;
    std::vector<std::unique_ptr<party>> all;
    for (int i = 0; i < 1000; ++i)
        all.push_back(std::make_unique<party>(
            b, i % 2 == 0 ? "ann" : "bob", std::vector<user_ref>{"n" + std::to_string(i / 2 % 10)}));
    b.run();
    for (const auto& one : all)
        one->check_ended(false);
    REQUIRE(b.provider->count() == 2);
    for (const auto& request : b.provider->requests())
        CHECK(request.who.size() == 10);
    CHECK(b.lookups->counts().asked == 1000);
    CHECK(b.lookups->counts().joined == 980);
}

TEST_CASE("no added latency: a lone question is sent in the turn after it was asked")
{
    bureau b;
    party one(b, "ann", {"jack"});
    std::size_t steps = 0;
    while (b.provider->count() == 0 && b.step())
        ++steps;
    CHECK(steps <= 4);
    CHECK(b.clock->asleep() == 0);
    b.run();
}

TEST_CASE("whoever has no token is unknown, at once")
{
    bureau b;
    party one(b, "nobody", {"jack"});
    b.run();
    CHECK(one.failed->reason() == errc::unknown_user);
    CHECK(b.provider->count() == 0);
}

TEST_CASE("what is no name or id fails for itself alone")
{
    bureau b;
    party one(b, "ann", {"jack", "no name", user_ref::id("007"), "jill"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->profile);
    CHECK((*one.answers)[1]->why->reason() == errc::invalid_argument);
    CHECK((*one.answers)[2]->why->reason() == errc::invalid_argument);
    CHECK((*one.answers)[3]->profile);
}

TEST_CASE("a refused token is dropped and reported once, and is unknown after that")
{
    bureau b;
    b.provider->fails = [](std::size_t) { throw error(errc::token_revoked); };
    party one(b, "ann", {"jack"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->why->reason() == errc::token_revoked);
    party again(b, "ann", {"jack"});
    b.run();
    CHECK(again.failed->reason() == errc::unknown_user);
    CHECK(b.provider->count() == 1);

    b.provider->fails = {};
    b.add("ann");
    party back(b, "ann", {"jack"});
    b.run();
    back.check_ended(false);
}

TEST_CASE("whatever a provider throws becomes a typed error of its askers")
{
    bureau b;
    b.provider->fails = [](std::size_t) { throw std::runtime_error("surprise"); };
    party one(b, "ann", {"jack"});
    b.run();
    REQUIRE(one.answers);
    CHECK((*one.answers)[0]->why->reason() == errc::provider_error);
}
