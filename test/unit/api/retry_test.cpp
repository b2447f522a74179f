// Tried with the one protocol that has timestamps, OAuth 1.0a, and what X says of them.
#include "api/retry.hpp"
#include "twitter/read_error.hpp"

#include <doctest/doctest.h>

using namespace coauth;
using namespace coauth::api;
using namespace std::chrono_literals;
using kind = next_step::kind;

namespace {

constexpr std::chrono::milliseconds budget = 5s;

attempts get(int sent = 1, std::chrono::milliseconds elapsed = 0ms)
{
    attempts a;
    a.may_mean_clock = twitter::may_mean_clock;
    a.repeatable = true;
    a.sent = sent;
    a.elapsed = elapsed;
    return a;
}

attempts post()
{
    attempts a;
    a.may_mean_clock = twitter::may_mean_clock;
    return a;
}

error refused(errc code, int provider_code, int status)
{
    return error(code).with_provider(provider_code, "").with_http_status(status);
}

} // namespace

TEST_CASE("retry: a refused timestamp is corrected once, for every kind of request")
{
    const error timestamp = refused(errc::clock_skew, 135, 401);
    const error signature = refused(errc::invalid_credentials, 32, 401);

    struct row {
        const error& e;
        std::optional<std::chrono::seconds> difference;
        kind expected;
    };
    const row table[] = {
        {timestamp, 10min, kind::correct_clock},
        {timestamp, -10min, kind::correct_clock},
        {timestamp, 2s, kind::correct_clock},
        {timestamp, 1s, kind::fail}, // `Date` can't tell that from nothing
        {timestamp, -1s, kind::fail},
        {timestamp, 0s, kind::fail},
        {timestamp, 1h, kind::correct_clock},
        {timestamp, -1h, kind::correct_clock},
        {timestamp, 3601s, kind::fail_for_clock},
        {timestamp, -3601s, kind::fail_for_clock},
        {timestamp, 2h, kind::fail_for_clock},
        {timestamp, std::nullopt, kind::fail},
        // 32 may mean the keys as well.
        {signature, 61s, kind::correct_clock},
        {signature, -61s, kind::correct_clock},
        {signature, 60s, kind::fail},
        {signature, -60s, kind::fail},
        {signature, 2h, kind::fail_for_clock},
        {signature, std::nullopt, kind::fail},
    };
    for (const row& r : table)
        for (const attempts& a : {get(), post()}) {
            CAPTURE(r.difference.value_or(std::chrono::seconds(-1)).count());
            const next_step next = decide(a, r.e, r.difference, budget, 0.5);
            CHECK(next.action == r.expected);
            if (next.action == kind::correct_clock)
                CHECK(next.ahead == *r.difference);

            attempts corrected = a;
            corrected.corrected = true;
            corrected.signed_ahead = 5s;
            CHECK(decide(corrected, r.e, r.difference, budget, 0.5).action == kind::fail);
        }
}

TEST_CASE("retry: what counts is how far the signed timestamp was off, not the machine's clock")
{
    const error timestamp = refused(errc::clock_skew, 135, 401);
    attempts a = post();
    a.signed_ahead = 600s; // learnt before
    CHECK(decide(a, timestamp, 600s, budget, 0.5).action == kind::fail);
    CHECK(decide(a, timestamp, 0s, budget, 0.5).action == kind::correct_clock); // the machine was set right since
    CHECK(decide(a, timestamp, 0s, budget, 0.5).ahead == 0s);
    CHECK(decide(a, refused(errc::invalid_credentials, 32, 401), 630s, budget, 0.5).action == kind::fail);
}

TEST_CASE("retry: other refusals of the credentials do not concern the clock")
{
    for (int code : {89, 99, 215, 416})
        CHECK(decide(get(), refused(errc::invalid_credentials, code, 401), 10min, budget, 0.5).action == kind::fail);
    CHECK(
        decide(get(), error(errc::invalid_credentials).with_http_status(400), 10min, budget, 0.5).action == kind::fail);
    CHECK(decide(get(), refused(errc::token_revoked, 89, 401), 10min, budget, 0.5).action == kind::fail);
}

TEST_CASE("retry: API 2's bare 401 may mean the clock, a leg's may not")
{
    const error bare = error(errc::invalid_credentials).with_http_status(401);
    attempts a = post();
    CHECK(decide(a, bare, 10min, budget, 0.5).action == kind::correct_clock);
    CHECK(decide(a, bare, 2h, budget, 0.5).action == kind::fail_for_clock);
    CHECK(decide(a, bare, 60s, budget, 0.5).action == kind::fail);
    for (const step at : {step::request_token, step::access_token}) {
        a.at = at;
        CHECK(decide(a, bare, 10min, budget, 0.5).action == kind::fail);
        CHECK(decide(a, refused(errc::invalid_credentials, 32, 401), 10min, budget, 0.5).action == kind::correct_clock);
    }
}

TEST_CASE("retry: a GET waits while the provider is unavailable, up to a bound that doubles")
{
    const error down = error(errc::provider_unavailable).with_http_status(503);
    struct row {
        int sent;
        double chance;
        std::chrono::milliseconds wait;
    };
    const row table[] = {{1, 0.0, 0ms}, {1, 0.5, 100ms}, {1, 0.999, 199ms}, {2, 0.5, 200ms}, {3, 0.5, 400ms},
        {4, 0.5, 800ms}, {5, 0.5, 1'600ms}, {6, 0.5, 1'600ms}, {1000, 0.5, 1'600ms}};
    for (const row& r : table) {
        const next_step next = decide(get(r.sent), down, std::nullopt, budget, r.chance);
        CHECK(next.action == kind::wait);
        CHECK(next.wait == r.wait);
    }
}

TEST_CASE("retry: the budget ends the retries, waits included")
{
    const error down = error(errc::provider_unavailable).with_http_status(500);
    CHECK(decide(get(1, 4'800ms), down, std::nullopt, budget, 0.5).action == kind::wait);
    CHECK(decide(get(1, 4'900ms), down, std::nullopt, budget, 0.5).action == kind::fail);
    CHECK(decide(get(1, 5s), down, std::nullopt, budget, 0.0).action == kind::fail);
    CHECK(decide(get(1), down, std::nullopt, 0ms, 0.0).action == kind::fail);
}

TEST_CASE("retry: Retry-After is the least wait, and one beyond the budget ends it")
{
    const error busy = error(errc::provider_unavailable).with_http_status(503).with_retry_after(2s);
    CHECK(decide(get(), busy, std::nullopt, budget, 0.0).wait == 2s);
    CHECK(decide(get(5), busy, std::nullopt, budget, 0.9).wait == 2'880ms);
    CHECK(decide(get(), busy.with_retry_after(60s), std::nullopt, budget, 0.0).action == kind::fail);
}

TEST_CASE("retry: nothing else is sent twice")
{
    const error down = error(errc::provider_unavailable).with_http_status(503);
    CHECK(decide(post(), down, std::nullopt, budget, 0.0).action == kind::fail);
    CHECK(decide(post(), down.with_retry_after(1s), std::nullopt, budget, 0.0).action == kind::fail);
    for (const errc code : {errc::rate_limited, errc::not_found, errc::forbidden, errc::token_revoked, errc::suspended,
             errc::unexpected_redirect, errc::provider_error, errc::malformed_response, errc::duplicate})
        CHECK(decide(get(), error(code).with_retry_after(1s), 10min, budget, 0.0).action == kind::fail);
}
