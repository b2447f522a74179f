// What shows that requests succeed or fail.
#include "programs/enrich_profiles/job_fixture.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

using namespace job_testing;

TEST_CASE("job: any other reason takes the place of failures that may be about its inputs")
{
    struct {
        std::optional<errc> response; // after the stop
        std::optional<errc> stop;
        errc reported;
        bool leaves_others;
    } const rows[] = {
        {std::nullopt, std::nullopt, errc::timeout, true},
        {errc::connect_failed, std::nullopt, errc::timeout, true},
        {errc::cancelled, std::nullopt, errc::timeout, true}, // the session was closed
        {errc::token_revoked, std::nullopt, errc::token_revoked, false},
        {errc::forbidden, std::nullopt, errc::forbidden, false},
        {std::nullopt, errc::cancelled, errc::cancelled, false}, // a signal
        {std::nullopt, errc::invalid_argument, errc::invalid_argument, false},
    };
    for (const auto& row : rows)
        for (const bool others_follow : {true, false}) {
            CAPTURE(std::string(name(row.reported)));
            job_options options;
            options.others_follow = others_follow;
            job_fixture f(300, options);
            const questions first = f.ask(), second = f.ask();
            f.tested.record(first, coauth::result<lookups>(error(errc::timeout)));
            CHECK(f.tested.leaves_others() == others_follow);
            if (row.response)
                f.tested.record(second, coauth::result<lookups>(error(*row.response)));
            if (row.stop)
                f.tested.stop(error(*row.stop));
            CHECK(f.tested.stopped()->reason() == row.reported);
            CHECK(f.tested.leaves_others() == (others_follow && row.leaves_others));
            CHECK(f.written.empty());
        }
}

TEST_CASE("job: a name that fails by itself is written although other requests may use up the money")
{
    for (const bool in_order : {true, false}) {
        job_options options;
        options.in_order = in_order;
        options.most_cost = 500;
        options.price = 1;
        job_fixture f(1000, options);
        std::vector<questions> batches;
        for (int i = 0; i < 5; ++i)
            batches.push_back(f.ask());
        CHECK(f.ask().empty());
        f.find_but(batches[0], 6, error(errc::provider_unavailable).with_http_status(503));
        CHECK(f.written.size() == 100);
        CHECK(f.count_of("failed") == 1);
        for (int i = 1; i < 5; ++i)
            f.find(batches[static_cast<std::size_t>(i)]);
        CHECK(f.written.size() == 500);
        // That name cost nothing.
        const questions last = f.ask(499);
        REQUIRE(last.size() == 1);
        f.find(last);
        CHECK(f.ask(500).empty());
        CHECK(f.tested.idle());
        CHECK_FALSE(f.tested.settle());
        CHECK_FALSE(f.tested.stopped());
        CHECK(f.written.size() == 501);
    }
}

TEST_CASE("job: the money of a request that failed is there for the next, which tells what the failure was about")
{
    for (const error& why : passing_errors()) {
        CAPTURE(why.what());
        const bool waits_too_long = why.reason() == errc::rate_limited;
        job_options options = unordered_options();
        options.most_cost = 200;
        options.price = 1;
        job_fixture f(300, options);
        const questions first = f.ask(), second = f.ask();
        CHECK(f.ask().empty());
        f.fail(first, why);
        f.find(second);
        CHECK(f.count_of("not_found") == 100);
        CHECK(f.count_of("failed") == (waits_too_long ? 100 : 0));
        const questions third = f.ask(100);
        REQUIRE(third.size() == 100);
        f.find(third);
        CHECK(f.count_of("failed") == 100);
        CHECK(f.written.size() == 300);
        CHECK_FALSE(f.tested.stopped());
        CHECK_FALSE(f.tested.settle());
    }
}

TEST_CASE("job: with a bound on the cost too, requests that all fail stop it for their reason")
{
    for (const micros bound : std::vector<micros>{1, 100, 250, 500, 100'000})
        for (const error& why : passing_errors()) {
            if (why.reason() == errc::rate_limited)
                continue; // waits, and is the input's then
            CAPTURE(bound);
            CAPTURE(why.what());
            job_options options;
            options.most_cost = bound;
            options.price = 1;
            job_fixture f(1000, options);
            std::deque<questions> on_the_wire;
            while (!f.tested.stopped()) {
                for (questions batch = f.ask(); !batch.empty(); batch = f.ask())
                    on_the_wire.push_back(batch);
                if (on_the_wire.empty())
                    break;
                f.fail(on_the_wire.front(), why);
                on_the_wire.pop_front();
            }
            REQUIRE(f.tested.stopped());
            CHECK(f.tested.stopped()->reason() == why.reason());
            CHECK(f.tested.stopped()->hint() ==
                  "3 requests in a row failed; run again with the same IN and OUT to go on");
            CHECK(f.written.empty());
        }
}

TEST_CASE("job: what the session knew already does not show that requests succeed")
{
    for (const bool in_order : {true, false})
        for (const error& why : {error(errc::malformed_response).with_http_status(200),
                 error(errc::provider_unavailable).with_http_status(503), error(errc::connect_failed)}) {
            CAPTURE(why.what());
            job_options options;
            options.in_order = in_order;
            job_fixture f(1000, options);
            f.find(f.ask());
            for (int i = 0; i < 3; ++i) {
                CHECK_FALSE(f.tested.stopped());
                f.respond_reused(f.ask(), why);
            }
            REQUIRE(f.tested.stopped());
            CHECK(f.tested.stopped()->hint() ==
                  "3 requests in a row failed; run again with the same IN and OUT to go on");
            CHECK(f.count_of("failed") == 0);
            CHECK(f.count_of("not_found") == (in_order ? 101 : 103));
        }
}

TEST_CASE("job: a name that fails among others that the session knew is written once a request succeeds")
{
    job_fixture f(300, unordered_options());
    f.find_but(f.ask(), 50, error(errc::provider_unavailable).with_http_status(503), true);
    CHECK(f.written.size() == 99);
    // Nothing but known names: neither a success nor a failure.
    lookups known;
    const questions second = f.ask();
    for (const question& q : second)
        known.outcomes.emplace_back(q.user, lookup_outcome::not_found).reused = true;
    f.tested.record(second, known);
    CHECK(f.count_of("failed") == 0);
    f.find(f.ask());
    CHECK(f.count_of("failed") == 1);
    CHECK(f.written.size() == 300);
}

TEST_CASE("job: a failure of another call's request is not counted as a request of its own")
{
    job_fixture f(500, unordered_options());
    const error why(errc::malformed_response);
    f.fail(f.ask(), why);
    for (int i = 0; i < 3; ++i) {
        const questions batch = f.ask();
        lookups joined;
        for (const question& q : batch) {
            lookup& added = joined.outcomes.emplace_back(q.user, lookup_outcome::failed);
            added.why = why;
            added.reused = true;
        }
        f.tested.record(batch, joined);
    }
    CHECK_FALSE(f.tested.stopped());
    f.find(f.ask());
    CHECK(f.count_of("failed") == 400);
}

TEST_CASE("job: several inputs that fail among others that are found wait for a later request")
{
    for (const bool later_succeeds : {true, false}) {
        job_fixture f(500, unordered_options());
        const questions batch = f.ask();
        lookups response; // of two requests
        for (std::size_t i = 0; i < batch.size(); ++i) {
            lookup& added = response.outcomes.emplace_back(
                batch[i].user, i < 8 ? lookup_outcome::not_found : lookup_outcome::failed);
            if (i >= 8)
                added.why = error(errc::malformed_response).with_http_status(200);
        }
        f.tested.record(batch, response);
        CHECK(f.written.size() == 8);
        if (later_succeeds) {
            f.find(f.ask());
            CHECK(f.count_of("failed") == 92);
            continue;
        }
        for (int i = 0; i < 3; ++i)
            f.fail(f.ask(), error(errc::malformed_response));
        REQUIRE(f.tested.stopped());
        CHECK(f.tested.stopped()->hint() == "3 requests in a row failed; run again with the same IN and OUT to go on");
        CHECK(f.count_of("failed") == 0);
    }
}
