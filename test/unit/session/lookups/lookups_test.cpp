// The desk's driver: who waits is woken once, with their own answer.
#include "twitter/read_error.hpp"
#include "unit/session/lookups/bureau.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

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

TEST_CASE("lookups: an outcome that the cache or an equal question brought is marked as reused")
{
    bureau b;
    party first(b, "ann", {"jack", "nobody_1", "JACK", "jack"});
    party joined(b, "ann", {"jill", "jack"});
    party other(b, "bob", {"jack"});
    b.run();
    CHECK(first.reused == std::vector<bool>{false, false, true, true});
    CHECK(joined.reused == std::vector<bool>{false, true});
    CHECK(other.reused == std::vector<bool>{false});
    party cached(b, "ann", {"nobody_1", "joe", "no name", "jill"});
    b.run();
    CHECK(cached.reused == std::vector<bool>{true, false, false, true});
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
    CHECK_FALSE(one.answers); // it says nothing of the name
    REQUIRE(one.failed);
    CHECK(one.failed->reason() == errc::provider_error);
    CHECK(one.failed->message() == "internal error: the login provider threw surprise");
}

TEST_CASE("lookups: a call that had found someone when the session closed returns that, and nothing is paid for twice")
{
    bureau b;
    b.provider->fails = [](std::size_t number) {
        if (number == 2)
            throw limited_for(60s);
    };
    std::vector<user_ref> names;
    for (int i = 0; i < 150; ++i)
        names.push_back("n" + std::to_string(i));
    party some(b, "ann", names);
    while (b.lookups->counts().rate_limited == 0 && b.step()) {}
    party none(b, "ann", {"jack"});
    while (b.lookups->counts().waiting < 51 && b.step()) {}
    b.lookups->close();
    b.run();
    CHECK(none.cancelled);
    REQUIRE(some.ended == 1);
    REQUIRE(some.answers);
    std::size_t found = 0;
    for (const auto& each : *some.answers) {
        found += each->profile.has_value();
        if (!each->profile)
            CHECK(each->why->reason() == errc::cancelled);
    }
    CHECK(found == b.lookups->counts().profiles);
    CHECK(found > 0);
    CHECK(found < 150);
}

TEST_CASE("lookups: a limit that is reached without a time to come back at is asked ever more rarely")
{
    struct row {
        int status;
        std::optional<std::string> remaining;
        std::optional<std::string> reset;
        std::optional<std::string> retry_after;
    };
    const std::string past = "1699999000"; // the clock begins at 1700000000
    for (const row& given : {row{200, "0", std::nullopt, std::nullopt}, row{200, "0", "x", std::nullopt},
             row{200, "0", "-1", std::nullopt}, row{200, "0", "1000000000000000000", std::nullopt},
             row{200, "0", "1700000900.5", std::nullopt}, row{200, "-5", "x", std::nullopt},
             row{200, "0", past, std::nullopt}, row{429, std::nullopt, std::nullopt, std::nullopt},
             row{429, "0", past, std::nullopt}, row{429, "0", "0", std::nullopt}, row{429, "0", "x", std::nullopt},
             row{429, std::nullopt, std::nullopt, "0"}, row{429, std::nullopt, std::nullopt, "-1"},
             row{429, "0", past, "0"}, row{429, std::nullopt, std::nullopt, "1"}}) {
        CAPTURE(given.status);
        CAPTURE(given.remaining.value_or("-"));
        CAPTURE(given.reset.value_or("-"));
        CAPTURE(given.retry_after.value_or("-"));
        http::response response;
        response.status = given.status;
        if (given.remaining)
            response.headers.add("x-rate-limit-remaining",
                *given.remaining); // without a limit
        if (given.reset)
            response.headers.add("x-rate-limit-reset", *given.reset);
        if (given.retry_after)
            response.headers.add("retry-after", *given.retry_after);

        session_options options;
        options.max_wait = std::chrono::hours(2);
        options.reset_jitter = 0ms;
        bureau b(options);
        std::vector<std::chrono::steady_clock::time_point> sent;
        b.provider->clock = b.clock;
        b.provider->takes = [&](std::size_t) {
            sent.push_back(b.clock->steady_now());
            return 100ms;
        };
        if (given.status == 200)
            b.provider->limits = [&](std::size_t) {
                return twitter::read_rate_limits(response.headers, std::chrono::sys_seconds());
            };
        else
            b.provider->fails = [&](std::size_t) {
                twitter::circumstances when;
                when.provider_now = std::chrono::floor<std::chrono::seconds>(b.clock->now());
                throw twitter::read_error(response, when);
            };
        std::vector<user_ref> names;
        for (int i = 0; i < 2'000; ++i)
            names.push_back("n" + std::to_string(i));
        party one(b, "ann", names);
        while (sent.size() < 7 && b.step())
            ;
        REQUIRE(sent.size() == 7);
        for (std::size_t i = 1; i < sent.size(); ++i) {
            // A time that was named is believed once.
            const int earlier = static_cast<int>(given.retry_after == "1" ? i - 2 : i - 1);
            const auto least = earlier < 0 ? 1s : std::min<std::chrono::seconds>(60s * (1 << earlier), 960s);
            const auto waited = sent[i] - sent[i - 1];
            CAPTURE(i);
            CHECK(waited >= least);
            CHECK(waited <= least + 101ms);
        }
        one.signal.emit(asio::cancellation_type::terminal);
        b.run();
        CHECK(one.cancelled);
    }
}
