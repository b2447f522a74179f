// Lookups while the provider fails, with a manual clock.
#include "unit/session/lookups/failing_provider_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

namespace {

constexpr std::size_t concurrencies[] = {1, 8, 64};

session_options patient_options(std::size_t max_requests, milliseconds retry_for)
{
    session_options options;
    options.max_requests = max_requests;
    options.retry_for = retry_for;
    return options;
}

struct outage_kind {
    std::string name;
    std::vector<errc> reasons;
};

const std::vector<outage_kind>& outage_kinds()
{
    static const std::vector<outage_kind> all = {
        {"503", {errc::provider_unavailable}},
        {"dropped", {errc::connection_lost}},
        {"refused", {errc::connect_failed}},
        {"time-outs", {errc::timeout}},
        {"DNS", {errc::resolve_failed}},
        {"mixed", {errc::connection_lost, errc::connect_failed, errc::timeout, errc::provider_unavailable}},
    };
    return all;
}

failing_provider_fixture::failure_rule outage_between(milliseconds first, milliseconds last, const outage_kind& kind)
{
    return [=, n = std::size_t(0)](milliseconds at, const echo_provider::request&) mutable -> std::optional<error> {
        if (at < first || at >= last)
            return std::nullopt;
        return error(kind.reasons[n++ % kind.reasons.size()]);
    };
}

failing_provider_fixture::failure_rule fails_for(std::set<std::string> failing_names)
{
    return [failing_names = std::move(failing_names)](
               milliseconds, const echo_provider::request& request) -> std::optional<error> {
        for (const user_ref& user : request.users)
            if (failing_names.count(user.text()) != 0)
                return error(errc::provider_unavailable).with_http_status(503);
        return std::nullopt;
    };
}

// All found except these, each of which failed in its own outcome.
void check_failed_alone(
    const waiting_caller& caller, const std::vector<user_ref>& names, const std::set<std::string>& failing_names)
{
    REQUIRE(caller.ended == 1);
    REQUIRE(caller.results);
    std::size_t found = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const coauth::lookup& outcome = *(*caller.results)[i];
        if (failing_names.count(names[i].text()) == 0) {
            found += outcome.profile.has_value();
            continue;
        }
        CHECK(outcome.outcome == coauth::lookup_outcome::failed);
        REQUIRE(outcome.why);
        CHECK(outcome.why->reason() == errc::provider_unavailable);
        CHECK(outcome.why->http_status() == 503);
    }
    CHECK(found == names.size() - failing_names.size());
}

} // namespace

TEST_CASE("lookups: an outage shorter than retry_for loses no name, of any kind and length")
{
    for (const outage_kind& kind : outage_kinds())
        for (const milliseconds length : {2'000ms, 20'000ms})
            for (const std::size_t concurrency : concurrencies) {
                CAPTURE(kind.name);
                CAPTURE(length.count());
                CAPTURE(concurrency);
                failing_provider_fixture f(patient_options(concurrency, 30s));
                f.fails = outage_between(300ms, 300ms + length, kind);
                f.look_up_numbered("ann", 3'000);
                f.look_up_numbered("bob", 500);
                f.run();
                f.check_all_found();
                CHECK(f.too_many == 0);
                const auto counts = f.fixture.lookups->counts();
                // The 35 necessary ones, those in flight at first, the allowance, and a few small ones.
                CHECK(counts.requests <= 35 + concurrency + 10 + 2 * static_cast<std::size_t>(length / 1s) + 8);
                CHECK(counts.waiting == 0);
                CHECK(f.now() < 300ms + length + 20s);
            }
}

TEST_CASE("lookups: an outage from the first request on is held as well")
{
    for (const outage_kind& kind : outage_kinds()) {
        CAPTURE(kind.name);
        failing_provider_fixture f(patient_options(8, 30s));
        f.fails = outage_between(0ms, 20s, kind);
        f.look_up_numbered("ann", 1'000);
        f.run();
        f.check_all_found();
        CHECK(f.too_many == 0);
    }
}

TEST_CASE("lookups: an outage longer than retry_for fails each call once as a whole, in time, and the next call works")
{
    for (const outage_kind& kind : outage_kinds())
        for (const std::size_t concurrency : concurrencies) {
            CAPTURE(kind.name);
            CAPTURE(concurrency);
            failing_provider_fixture f(patient_options(concurrency, 5s));
            f.fails = outage_between(150ms, 60s, kind);
            f.look_up_numbered("ann", 3'000);
            f.look_up_numbered("bob", 300);
            f.run(5s); // the outage was noticed at 200 ms
            for (const auto& caller : f.callers)
                CHECK((caller->ended == 0 || caller->has_right_results()));
            waiting_caller& late = f.look_up("ann", {"late"});
            waiting_caller& other = f.look_up("bob", {"late"});
            f.run(5'500ms);
            std::size_t failed = 0;
            for (const auto& caller : f.callers) {
                if (caller.get() == &late || caller.get() == &other) {
                    CHECK(caller->ended == 0);
                    continue;
                }
                CHECK(caller->ended == 1);
                CHECK((caller->has_right_results() || caller->failed));
                if (!caller->failed)
                    continue;
                ++failed;
                CHECK(std::count(kind.reasons.begin(), kind.reasons.end(), caller->failed->reason()) == 1);
                REQUIRE(caller->failed->hint());
                CHECK(caller->failed->hint()->find("5 s") != std::string::npos);
            }
            CHECK(failed >= 20);
            f.run(10'200ms); // later calls wait as long as the others
            CHECK(late.failed);
            CHECK(other.failed);
            CHECK(f.fixture.lookups->counts().waiting == 0);
            f.run(59s);
            CHECK(f.fixture.clock->sleepers() == 0);
            waiting_caller& during = f.look_up("ann", {"during"});
            f.run(70s);
            CHECK(during.has_right_results()); // called in the outage, found after it
            const auto names = numbered_names(0, 1'000);
            CHECK(f.look_up("ann", names).ended == 0);
            f.run();
            CHECK(f.callers.back()->has_right_results());
            CHECK(f.too_many == 0);
        }
}

TEST_CASE("lookups: a call that gives up is resumed at once although its request hangs")
{
    failing_provider_fixture f(patient_options(8, 5s));
    f.fails = outage_between(250ms, 200s, outage_kinds()[3]);
    f.latency = [](milliseconds at, const echo_provider::request&) {
        return at < 200ms || at > 60s ? 100ms : 30'000ms;
    };
    f.look_up_numbered("ann", 3'000);
    f.run(34s); // sent at 200 ms, timed out at 30.2 s
    const auto waiting =
        std::count_if(f.callers.begin(), f.callers.end(), [](const auto& caller) { return caller->ended == 0; });
    CHECK(waiting >= 20);
    f.run(35'300ms);
    for (const auto& caller : f.callers)
        CHECK(caller->ended == 1);
    CHECK(f.in_flight > 0);
    CHECK(f.too_many == 0);
    f.fails = outage_between(0ms, 0ms, outage_kinds()[3]);
    f.run(100s);
    CHECK(f.fixture.clock->sleepers() == 0);
    waiting_caller& next = f.look_up("ann", {"jack"});
    f.run();
    CHECK(next.has_right_results());
}

TEST_CASE("lookups: a name that the provider fails on is failed alone, and the others are found")
{
    struct row {
        int names;
        std::set<std::string> failing_names;
        bool traffic;
    };
    for (const row& r : {row{100, {"n0"}, false}, row{100, {"n50"}, false}, row{100, {"n99"}, false},
             row{100, {"n0", "n99"}, false}, row{100, {"n41", "n42"}, false}, row{1'000, {"n0"}, false},
             row{1'000, {"n500"}, false}, row{1'000, {"n999"}, false}, row{1'000, {"n3", "n777"}, false},
             row{2, {"n1"}, false}, row{100, {"n0"}, true}, row{100, {"n99"}, true}, row{1'000, {"n3", "n777"}, true}})
        for (const std::size_t concurrency : concurrencies)
            for (const milliseconds retry_for : {5'000ms, 30'000ms}) {
                CAPTURE(r.names);
                CAPTURE(*r.failing_names.begin());
                CAPTURE(r.failing_names.size());
                CAPTURE(r.traffic);
                CAPTURE(concurrency);
                CAPTURE(retry_for.count());
                failing_provider_fixture f(patient_options(concurrency, retry_for));
                f.fails = fails_for(r.failing_names);
                const auto names = numbered_names(0, r.names);
                f.look_up("ann", names);
                int calls_made = 0;
                f.run(failing_provider_fixture::forever, [&] {
                    // Other names, one in each fifth of a second, by the same user and another.
                    if (!r.traffic || f.callers.front()->ended != 0 || f.now() < calls_made * 200ms)
                        return;
                    f.look_up(calls_made % 2 == 0 ? "ann" : "bob", {"other" + std::to_string(calls_made)});
                    ++calls_made;
                });
                check_failed_alone(*f.callers.front(), names, r.failing_names);
                for (std::size_t i = 1; i < f.callers.size(); ++i)
                    f.callers[i]->check_ended(false);
                CHECK(f.too_many == 0);
                CHECK(f.now() < 75s);
                CHECK(f.fixture.lookups->counts().requests <
                      static_cast<std::size_t>(r.names / 100 + calls_made + 80 + 2 * retry_for / 1s));
            }
}

TEST_CASE("lookups: a name that fails alone does not slow the others down")
{
    failing_provider_fixture f(patient_options(1, 30s));
    f.fails = fails_for({"n0"});
    f.look_up("ann", numbered_names(0, 1));
    f.look_up_numbered("ann", 5'000);
    f.run(15s); // 50 requests of 100 ms; those that fail are paced, not the others
    std::size_t right = 0;
    for (const auto& caller : f.callers)
        right += caller->has_right_results();
    CHECK(right == 49);
    f.run();
    for (const auto& caller : f.callers)
        CHECK(caller->ended == 1);
}

TEST_CASE("lookups: a provider that fails every second request, or most of them, loses no name")
{
    struct row {
        std::string name;
        std::function<bool(std::size_t)> fails;
    };
    std::uint32_t seed = 1;
    const auto random = [&seed](std::uint32_t percent) {
        seed = seed * 1'664'525 + 1'013'904'223;
        return (seed >> 16) % 100 < percent;
    };
    for (const row& r : {row{"every second", [](std::size_t n) { return n % 2 == 0; }},
             row{"first of two", [](std::size_t n) { return n % 2 == 1; }},
             row{"two of three", [](std::size_t n) { return n % 3 != 0; }},
             row{"30 of 100", [&](std::size_t) { return random(30); }},
             row{"50 of 100", [&](std::size_t) { return random(50); }},
             row{"75 of 100", [&](std::size_t) { return random(75); }}})
        for (const std::size_t concurrency : concurrencies) {
            CAPTURE(r.name);
            CAPTURE(concurrency);
            failing_provider_fixture f(patient_options(concurrency, 30s));
            std::size_t n = 0;
            f.fails = [&](milliseconds, const echo_provider::request&) -> std::optional<error> {
                return r.fails(n++) ? std::optional(error(errc::connection_lost)) : std::nullopt;
            };
            f.look_up_numbered("ann", 2'000);
            f.look_up_numbered("bob", 500);
            f.run();
            f.check_all_found();
            CHECK(f.too_many == 0);
            CHECK(f.now() < 3min);
        }
}

TEST_CASE("lookups: requests that shrank in an outage have full size again after it")
{
    failing_provider_fixture f(patient_options(8, 60s));
    f.fails = outage_between(0ms, 40s, outage_kinds()[0]);
    f.look_up("ann", numbered_names(0, 100));
    f.run(40s);
    const std::size_t during = f.fixture.provider->count();
    CHECK(during >= 10);
    f.run();
    f.check_all_found();
    CHECK(f.fixture.provider->count() - during <= 3);
}

TEST_CASE("lookups: nothing is sent for a call that was cancelled in an outage")
{
    failing_provider_fixture f(patient_options(8, 30s));
    f.fails = outage_between(0ms, 10s, outage_kinds()[1]);
    waiting_caller& cancelled = f.look_up("ann", numbered_names(0, 60));
    waiting_caller& other = f.look_up("ann", numbered_names(50, 60));
    f.run(4s);
    cancelled.signal.emit(asio::cancellation_type::terminal);
    f.run(4'100ms);
    CHECK(cancelled.cancelled);
    f.run();
    other.check_ended(false);
    const auto requests = f.fixture.provider->requests();
    for (const user_ref& name : requests.back().users)
        CHECK(std::stoi(name.text().substr(1)) >= 50);

    // The last waiting call leaves: no alarm stays set.
    failing_provider_fixture empty(patient_options(8, 30s));
    empty.fails = outage_between(0ms, 10min, outage_kinds()[1]);
    waiting_caller& only = empty.look_up("ann", {"jack"});
    empty.run(4s);
    only.signal.emit(asio::cancellation_type::terminal);
    empty.run(6s);
    CHECK(only.cancelled);
    CHECK(empty.fixture.clock->sleepers() == 0);
    CHECK(empty.fixture.lookups->counts().waiting == 0);
}

TEST_CASE("lookups: a rate limit that was waited for is not counted as waiting for the provider to come back")
{
    failing_provider_fixture f(patient_options(8, 5s));
    f.fails = [](milliseconds at, const echo_provider::request& request) -> std::optional<error> {
        const bool by_ann = request.token == "token-of-ann";
        if (by_ann && at < 1s)
            return limited_for(20s);
        if (at < 23s)
            return error(errc::connection_lost);
        return std::nullopt;
    };
    waiting_caller& ann = f.look_up("ann", {"jack"});
    waiting_caller& bob = f.look_up("bob", {"jack"});
    f.run(15s);
    CHECK(bob.failed);
    CHECK(ann.ended == 0);
    f.run();
    CHECK(ann.has_right_results());
}

TEST_CASE("lookups: one user's requests that all fail while another's succeed end that user's calls only")
{
    failing_provider_fixture f(patient_options(8, 5s));
    f.fails = [](milliseconds, const echo_provider::request& request) -> std::optional<error> {
        if (request.token == "token-of-ann")
            return error(errc::provider_unavailable).with_http_status(500);
        return std::nullopt;
    };
    waiting_caller& ann = f.look_up("ann", numbered_names(0, 300));
    int calls_made = 0;
    f.run(12s, [&] {
        if (f.now() < calls_made * 300ms)
            return;
        f.look_up("bob", {"other" + std::to_string(calls_made)});
        ++calls_made;
    });
    CHECK(ann.ended == 1);
    REQUIRE(ann.failed);
    CHECK(ann.failed->reason() == errc::provider_unavailable);
    f.run();
    for (std::size_t i = 1; i < f.callers.size(); ++i)
        f.callers[i]->check_ended(false);
}
