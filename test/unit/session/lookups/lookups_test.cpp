// The driver of the batcher: each waiting call is notified once, with its own results.
#include "twitter/rate_limits.hpp"
#include "twitter/read_error.hpp"
#include "unit/session/lookups/lookups_fixture.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

TEST_CASE("lookups: a thousand of ten names are ten names in one request, and with two tokens two requests")
{
    lookups_fixture f;
    std::vector<std::unique_ptr<waiting_caller>> all;
    for (int i = 0; i < 1000; ++i)
        all.push_back(std::make_unique<waiting_caller>(
            f, i % 2 == 0 ? "ann" : "bob", std::vector<user_ref>{"n" + std::to_string(i / 2 % 10)}));
    f.run();
    for (const auto& caller : all)
        caller->check_ended(false);
    REQUIRE(f.provider->count() == 2);
    for (const auto& request : f.provider->requests())
        CHECK(request.users.size() == 10);
    CHECK(f.lookups->counts().questions == 1000);
    CHECK(f.lookups->counts().joined == 980);
}

TEST_CASE("lookups: a lone question is sent in the next turn of the loop, without added latency")
{
    lookups_fixture f;
    waiting_caller caller(f, "ann", {"jack"});
    std::size_t steps = 0;
    while (f.provider->count() == 0 && f.step())
        ++steps;
    CHECK(steps <= 4);
    CHECK(f.clock->sleepers() == 0);
    f.run();
}

TEST_CASE("lookups: a user without a token is unknown at once")
{
    lookups_fixture f;
    waiting_caller caller(f, "unknown", {"jack"});
    f.run();
    CHECK(caller.failed->reason() == errc::unknown_user);
    CHECK(f.provider->count() == 0);
}

TEST_CASE("lookups: a malformed name or id fails alone")
{
    lookups_fixture f;
    waiting_caller caller(f, "ann", {"jack", "no name", user_ref::id("007"), "jill"});
    f.run();
    REQUIRE(caller.results);
    CHECK((*caller.results)[0]->profile);
    CHECK((*caller.results)[1]->why->reason() == errc::invalid_argument);
    CHECK((*caller.results)[2]->why->reason() == errc::invalid_argument);
    CHECK((*caller.results)[3]->profile);
}

TEST_CASE("lookups: an outcome that the cache or an equal question brought is marked as reused")
{
    lookups_fixture f;
    waiting_caller first(f, "ann", {"jack", "missing_1", "JACK", "jack"});
    waiting_caller joined(f, "ann", {"jill", "jack"});
    waiting_caller other(f, "bob", {"jack"});
    f.run();
    CHECK(first.reused == std::vector<bool>{false, false, true, true});
    CHECK(joined.reused == std::vector<bool>{false, true});
    CHECK(other.reused == std::vector<bool>{false});
    waiting_caller cached(f, "ann", {"missing_1", "joe", "no name", "jill"});
    f.run();
    CHECK(cached.reused == std::vector<bool>{true, false, false, true});
}

TEST_CASE("lookups: a refused token is removed and reported once, and is unknown after that")
{
    lookups_fixture f;
    f.provider->fails = [](std::size_t) { throw error(errc::token_revoked); };
    waiting_caller caller(f, "ann", {"jack"});
    f.run();
    REQUIRE(caller.results);
    CHECK((*caller.results)[0]->why->reason() == errc::token_revoked);
    waiting_caller later(f, "ann", {"jack"});
    f.run();
    CHECK(later.failed->reason() == errc::unknown_user);
    CHECK(f.provider->count() == 1);

    f.provider->fails = {};
    f.add("ann");
    waiting_caller back(f, "ann", {"jack"});
    f.run();
    back.check_ended(false);
}

TEST_CASE("lookups: any exception of a provider becomes a typed error of the calls")
{
    lookups_fixture f;
    f.provider->fails = [](std::size_t) { throw std::runtime_error("surprise"); };
    waiting_caller caller(f, "ann", {"jack"});
    f.run();
    CHECK_FALSE(caller.results); // it is not a statement about the name
    REQUIRE(caller.failed);
    CHECK(caller.failed->reason() == errc::provider_error);
    CHECK(caller.failed->message() == "internal error: the login provider threw surprise");
}

TEST_CASE("lookups: a call that has results when the session closes returns them, and nothing is paid for twice")
{
    lookups_fixture f;
    f.provider->fails = [](std::size_t number) {
        if (number == 2)
            throw limited_for(60s);
    };
    std::vector<user_ref> names;
    for (int i = 0; i < 150; ++i)
        names.push_back("n" + std::to_string(i));
    waiting_caller some(f, "ann", names);
    while (f.lookups->counts().rate_limited == 0 && f.step()) {}
    waiting_caller none(f, "ann", {"jack"});
    while (f.lookups->counts().waiting < 51 && f.step()) {}
    f.lookups->close();
    f.run();
    CHECK(none.cancelled);
    REQUIRE(some.ended == 1);
    REQUIRE(some.results);
    std::size_t found = 0;
    for (const auto& each : *some.results) {
        found += each->profile.has_value();
        if (!each->profile)
            CHECK(each->why->reason() == errc::cancelled);
    }
    CHECK(found == f.lookups->counts().profiles);
    CHECK(found > 0);
    CHECK(found < 150);
}

TEST_CASE("lookups: a limit that is reached without a reset is tried ever more rarely")
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
        lookups_fixture f(options);
        std::vector<std::chrono::steady_clock::time_point> sent;
        f.provider->clock = f.clock;
        f.provider->takes = [&](std::size_t) {
            sent.push_back(f.clock->steady_now());
            return 100ms;
        };
        if (given.status == 200)
            f.provider->limits = [&](std::size_t) {
                return twitter::read_rate_limits(response.headers, std::chrono::sys_seconds());
            };
        else
            f.provider->fails = [&](std::size_t) {
                twitter::circumstances when;
                when.provider_now = std::chrono::floor<std::chrono::seconds>(f.clock->now());
                throw twitter::read_error(response, when);
            };
        std::vector<user_ref> names;
        for (int i = 0; i < 2'000; ++i)
            names.push_back("n" + std::to_string(i));
        waiting_caller caller(f, "ann", names);
        while (sent.size() < 7 && f.step())
            ;
        REQUIRE(sent.size() == 7);
        for (std::size_t i = 1; i < sent.size(); ++i) {
            // A time that the provider names is accepted once.
            const int earlier = static_cast<int>(given.retry_after == "1" ? i - 2 : i - 1);
            const auto least = earlier < 0 ? 1s : std::min<std::chrono::seconds>(60s * (1 << earlier), 960s);
            const auto waited = sent[i] - sent[i - 1];
            CAPTURE(i);
            CHECK(waited >= least);
            CHECK(waited <= least + 101ms);
        }
        caller.signal.emit(asio::cancellation_type::terminal);
        f.run();
        CHECK(caller.cancelled);
    }
}
