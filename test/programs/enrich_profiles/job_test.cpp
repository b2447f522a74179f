#include "programs/enrich_profiles/job_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace job_testing;

TEST_CASE("job: the first reason stops it, and a revoked token explains an unknown user, in either order")
{
    struct {
        errc first;
        errc second;
        errc reported;
    } const rows[] = {
        {errc::token_revoked, errc::unknown_user, errc::token_revoked},
        {errc::unknown_user, errc::token_revoked, errc::token_revoked},
        {errc::unknown_user, errc::cancelled, errc::unknown_user},
        {errc::cancelled, errc::token_revoked, errc::cancelled},
        {errc::tls_failed, errc::unknown_user, errc::tls_failed},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(name(row.first)));
        CAPTURE(std::string(name(row.second)));
        job_fixture f(0);
        CHECK_FALSE(f.tested.stopped());
        f.tested.stop(error(row.first));
        f.tested.stop(error(row.second));
        CHECK(f.tested.stopped()->reason() == row.reported);
    }
}

TEST_CASE("job: while it is stopping no failure that may pass is written, and what was found is")
{
    for (const error& why : passing_errors()) {
        CAPTURE(why.what());
        job_fixture f(300, unordered_options());
        const questions first = f.ask(), second = f.ask(), third = f.ask();
        f.tested.stop(error(errc::cancelled));
        f.find(first);
        f.fail(second, why);
        // One of a batch fails, and the others are found.
        lookups mixed;
        for (const question& q : third)
            mixed.outcomes.emplace_back(q.user, lookup_outcome::not_found);
        mixed.outcomes[7] = lookup(third[7].user, lookup_outcome::failed);
        mixed.outcomes[7].why = why;
        f.tested.record(third, mixed);
        CHECK(f.tested.idle());
        CHECK(f.written.size() == 199);
        CHECK(f.count_of("not_found") == 199);
        CHECK(f.tested.stopped()->reason() == errc::cancelled);
    }
}

TEST_CASE("job: while it is stopping what is known of an input itself is written")
{
    job_fixture f(4);
    const questions batch = f.ask();
    REQUIRE(batch.size() == 4);
    f.tested.stop(error(errc::token_revoked));
    lookups response;
    response.outcomes.emplace_back(batch[0].user, lookup_outcome::suspended);
    response.outcomes.emplace_back(batch[1].user, lookup_outcome::failed);
    response.outcomes.back().why = error(errc::malformed_response); // of this user's data
    response.outcomes.back().in_response = true;
    response.outcomes.emplace_back(batch[2].user, lookup_outcome::forbidden);
    response.outcomes.emplace_back(batch[3].user, lookup_outcome::failed);
    response.outcomes.back().why = error(errc::access_level); // a problem beside the data
    response.outcomes.back().in_response = true;
    f.tested.record(batch, response);
    CHECK(f.written == decltype(f.written){{0, "suspended"}, {1, "failed"}, {2, "protected"}, {3, "failed"}});
}

TEST_CASE("job: in order nothing is written after an input that has no line")
{
    job_fixture f(300);
    const questions first = f.ask(), second = f.ask(), third = f.ask();
    f.find(third);
    f.tested.stop(error(errc::cancelled));
    f.fail(second, error(errc::provider_unavailable).with_http_status(503));
    f.find(first);
    CHECK(f.written.size() == 100);
    CHECK(f.tested.written().all() == 100);
}

TEST_CASE("job: an outage that is thrown stops it, writes nothing off and says how to go on")
{
    for (const errc code : {errc::provider_unavailable, errc::connect_failed, errc::timeout, errc::resolve_failed,
             errc::connection_lost}) {
        job_fixture f(400, unordered_options());
        const questions first = f.ask(), second = f.ask(), third = f.ask();
        f.find(first);
        const error why =
            error(code).with_hint("no request with this user's token has succeeded for 7 s; try again later");
        f.tested.record(second, coauth::result<lookups>(why));
        CHECK(f.tested.stopped()->reason() == code);
        CHECK(f.tested.stopped()->hint() ==
              "no request with this user's token has succeeded for 7 s; run again with the same IN and OUT to go on");
        CHECK(f.ask().empty());
        f.fail(third, error(code));
        CHECK(f.written.size() == 100);
    }
}

TEST_CASE("job: the refusal of a whole request stops it, one about a name fails that name")
{
    for (const errc code :
        {errc::suspended, errc::forbidden, errc::access_level, errc::invalid_credentials, errc::clock_skew}) {
        CAPTURE(std::string(name(code)));
        job_fixture whole(300, unordered_options());
        const questions first = whole.ask(), second = whole.ask();
        whole.fail(first, error(code).with_http_status(403));
        REQUIRE(whole.tested.stopped());
        CHECK(whole.tested.stopped()->reason() == code);
        whole.find(second);
        CHECK(whole.written.size() == 100);
        CHECK(whole.count_of("failed") == 0);
        job_fixture single(1);
        single.respond(single.ask(), lookup_outcome::failed, error(code), true);
        CHECK_FALSE(single.tested.stopped());
        CHECK(single.count_of("failed") == 1);
    }
}

TEST_CASE("job: of a batch whose ids were refused the names that were found are written")
{
    job_fixture f(4, unordered_options());
    const questions batch = f.ask();
    lookups response;
    for (std::size_t i = 0; i < 4; ++i) {
        response.outcomes.emplace_back(batch[i].user, i < 2 ? lookup_outcome::failed : lookup_outcome::not_found);
        if (i < 2)
            response.outcomes.back().why = error(errc::forbidden).with_http_status(403);
    }
    f.tested.record(batch, response);
    CHECK(f.tested.stopped()->reason() == errc::forbidden);
    CHECK(f.written == decltype(f.written){{2, "not_found"}, {3, "not_found"}});
}

TEST_CASE("job: a request that fails unclearly fails its inputs once a later request succeeds")
{
    for (const bool in_order : {true, false}) {
        job_options options;
        options.in_order = in_order;
        job_fixture f(400, options);
        const questions first = f.ask(), second = f.ask();
        f.fail(first, error(errc::malformed_response).with_http_status(200));
        f.find(second); // was on the wire before
        CHECK(f.count_of("failed") == 0);
        f.find(f.ask());
        CHECK(f.count_of("failed") == 100);
        CHECK(f.count_of("not_found") == 200);
        CHECK_FALSE(f.tested.stopped());
        CHECK_FALSE(f.tested.settle());
    }
}

TEST_CASE("job: failures that are held when it is stopped are not written")
{
    job_fixture f(400, unordered_options());
    const questions first = f.ask();
    f.fail(first, error(errc::malformed_response));
    const questions later = f.ask();
    f.tested.stop(error(errc::cancelled));
    f.find(later);
    CHECK(f.written.size() == 100);
    CHECK(f.count_of("failed") == 0);
}

TEST_CASE("job: three requests in a row that fail unclearly stop it, and none of their inputs is written off")
{
    for (const error& why : passing_errors()) {
        if (why.reason() == errc::rate_limited)
            continue; // waits, and is the input's then
        CAPTURE(why.what());
        job_fixture f(1000);
        f.find(f.ask());
        const questions first = f.ask(), second = f.ask(), third = f.ask(), fourth = f.ask();
        f.fail(second, why);
        f.find(first);
        f.fail(third, why);
        f.fail(fourth, why);
        CHECK_FALSE(f.tested.stopped());
        f.fail(f.ask(), why);
        REQUIRE(f.tested.stopped());
        CHECK(f.tested.stopped()->reason() == why.reason());
        CHECK(f.tested.stopped()->hint() == "3 requests in a row failed; run again with the same IN and OUT to go on");
        CHECK(f.written.size() == 200);
        CHECK(f.count_of("failed") == 0);
    }
}

TEST_CASE("job: at the end unclear failures are written if anything succeeded, else they stop it")
{
    job_fixture some(200);
    const questions first = some.ask(), second = some.ask();
    some.find(first);
    some.fail(second, error(errc::provider_unavailable).with_http_status(503));
    CHECK(some.written.size() == 100);
    CHECK(some.tested.settle());
    CHECK(some.count_of("failed") == 100);
    CHECK_FALSE(some.tested.stopped());
    CHECK_FALSE(some.tested.settle());
    job_fixture none(100);
    none.fail(none.ask(), error(errc::provider_unavailable).with_http_status(503));
    CHECK(none.tested.settle());
    CHECK(none.tested.stopped()->reason() == errc::provider_unavailable);
    CHECK(none.written.empty());
}

TEST_CASE("job: a single input that fails among others that are found fails at once")
{
    job_fixture f(100);
    const questions batch = f.ask();
    lookups response;
    for (const question& q : batch)
        response.outcomes.emplace_back(q.user, lookup_outcome::not_found);
    response.outcomes[50].outcome = lookup_outcome::failed;
    response.outcomes[50].why = error(errc::provider_unavailable).with_http_status(503);
    f.tested.record(batch, response);
    CHECK(f.written.size() == 100);
    CHECK(f.count_of("failed") == 1);
}

TEST_CASE("job: what would wait longer than --max-wait fails, unless it is stopping")
{
    job_fixture f(200);
    const questions first = f.ask(), second = f.ask();
    f.fail(first, error(errc::rate_limited));
    CHECK(f.count_of("failed") == 100);
    f.tested.stop(error(errc::cancelled));
    f.fail(second, error(errc::rate_limited));
    CHECK(f.written.size() == 100);
}

TEST_CASE("job: a line that can't be written is not followed by others")
{
    boost::asio::io_context io;
    listed_inputs source(300);
    std::size_t written = 0;
    bool full = true;
    job tested(
        io.get_executor(), job_options(),
        [&](const std::vector<output_line>& lines) {
            if (std::exchange(full, false))
                throw error(errc::invalid_argument, "the disk is full");
            written += lines.size();
        },
        tally());
    const questions first = tested.next(source, 0), second = tested.next(source, 0);
    lookups response;
    for (std::size_t i = 0; i < 100; ++i)
        response.outcomes.emplace_back(first[i].user, lookup_outcome::not_found);
    CHECK_THROWS_AS(tested.record(first, response), error);
    CHECK_NOTHROW(tested.record(second, response));
    CHECK(written == 0);
    CHECK(tested.broken());
    CHECK(tested.written().all() == 0);
}
