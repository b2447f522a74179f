// What becomes of lookups while the provider fails, on a clock of the test's.
#include "unit/session/lookups/failing_provider_rig.hpp"

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

failing_provider_rig::fate outage_between(milliseconds first, milliseconds last, const outage_kind& kind)
{
    return [=, n = std::size_t(0)](milliseconds at, const echo_provider::request&) mutable -> std::optional<error> {
        if (at < first || at >= last)
            return std::nullopt;
        return error(kind.reasons[n++ % kind.reasons.size()]);
    };
}

failing_provider_rig::fate fails_for(std::set<std::string> poison)
{
    return [poison = std::move(poison)](milliseconds, const echo_provider::request& request) -> std::optional<error> {
        for (const user_ref& user : request.who)
            if (poison.count(user.text()) != 0)
                return error(errc::provider_unavailable).with_http_status(503);
        return std::nullopt;
    };
}

// All found but these, which failed each in its own outcome.
void check_failed_alone(const party& one, const std::vector<user_ref>& names, const std::set<std::string>& poison)
{
    REQUIRE(one.ended == 1);
    REQUIRE(one.answers);
    std::size_t found = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const twitter::lookup& outcome = *(*one.answers)[i];
        if (poison.count(names[i].text()) == 0) {
            found += outcome.profile.has_value();
            continue;
        }
        CHECK(outcome.outcome == twitter::lookup_outcome::failed);
        REQUIRE(outcome.why);
        CHECK(outcome.why->reason() == errc::provider_unavailable);
        CHECK(outcome.why->http_status() == 503);
    }
    CHECK(found == names.size() - poison.size());
}

} // namespace

TEST_CASE("lookups: an outage shorter than retry_for loses no name, whatever its kind and length")
{
    for (const outage_kind& kind : outage_kinds())
        for (const milliseconds length : {2'000ms, 20'000ms})
            for (const std::size_t concurrency : concurrencies) {
                CAPTURE(kind.name);
                CAPTURE(length.count());
                CAPTURE(concurrency);
                failing_provider_rig rig(patient_options(concurrency, 30s));
                rig.fails = outage_between(300ms, 300ms + length, kind);
                rig.ask_for("ann", 3'000);
                rig.ask_for("bob", 500);
                rig.run();
                rig.check_all_found();
                CHECK(rig.too_many == 0);
                const auto counts = rig.b.lookups->counts();
                // The 35 that it takes, those on the wire at first, the allowance, and a few small ones.
                CHECK(counts.requests <= 35 + concurrency + 10 + 2 * static_cast<std::size_t>(length / 1s) + 8);
                CHECK(counts.waiting == 0);
                CHECK(rig.now() < 300ms + length + 20s);
            }
}

TEST_CASE("lookups: an outage from the first request on is held as well")
{
    for (const outage_kind& kind : outage_kinds()) {
        CAPTURE(kind.name);
        failing_provider_rig rig(patient_options(8, 30s));
        rig.fails = outage_between(0ms, 20s, kind);
        rig.ask_for("ann", 1'000);
        rig.run();
        rig.check_all_found();
        CHECK(rig.too_many == 0);
    }
}

TEST_CASE("lookups: an outage longer than retry_for fails each call once as a whole, in time, and the next call works")
{
    for (const outage_kind& kind : outage_kinds())
        for (const std::size_t concurrency : concurrencies) {
            CAPTURE(kind.name);
            CAPTURE(concurrency);
            failing_provider_rig rig(patient_options(concurrency, 5s));
            rig.fails = outage_between(150ms, 60s, kind);
            rig.ask_for("ann", 3'000);
            rig.ask_for("bob", 300);
            rig.run(5s); // the outage was noticed at 200 ms
            for (const auto& one : rig.parties)
                CHECK((one->ended == 0 || one->answered_right()));
            party& late = rig.ask("ann", {"late"});
            party& other = rig.ask("bob", {"late"});
            rig.run(5'500ms);
            std::size_t failed = 0;
            for (const auto& one : rig.parties) {
                if (one.get() == &late || one.get() == &other) {
                    CHECK(one->ended == 0);
                    continue;
                }
                CHECK(one->ended == 1);
                CHECK((one->answered_right() || one->failed));
                if (!one->failed)
                    continue;
                ++failed;
                CHECK(std::count(kind.reasons.begin(), kind.reasons.end(), one->failed->reason()) == 1);
                REQUIRE(one->failed->hint());
                CHECK(one->failed->hint()->find("5 s") != std::string::npos);
            }
            CHECK(failed >= 20);
            rig.run(10'200ms); // late comers wait as long as anyone
            CHECK(late.failed);
            CHECK(other.failed);
            CHECK(rig.b.lookups->counts().waiting == 0);
            rig.run(59s);
            CHECK(rig.b.clock->asleep() == 0);
            party& during = rig.ask("ann", {"during"});
            rig.run(70s);
            CHECK(during.answered_right()); // asked in the outage, found after it
            const auto names = numbered_names(0, 1'000);
            CHECK(rig.ask("ann", names).ended == 0);
            rig.run();
            CHECK(rig.parties.back()->answered_right());
            CHECK(rig.too_many == 0);
        }
}

TEST_CASE("lookups: whoever gives up is resumed at once although a request hangs on the wire")
{
    failing_provider_rig rig(patient_options(8, 5s));
    rig.fails = outage_between(250ms, 200s, outage_kinds()[3]);
    rig.latency = [](milliseconds at, const echo_provider::request&) {
        return at < 200ms || at > 60s ? 100ms : 30'000ms;
    };
    rig.ask_for("ann", 3'000);
    rig.run(34s); // sent at 200 ms, timed out at 30.2 s
    const auto waiting =
        std::count_if(rig.parties.begin(), rig.parties.end(), [](const auto& one) { return one->ended == 0; });
    CHECK(waiting >= 20);
    rig.run(35'300ms);
    for (const auto& one : rig.parties)
        CHECK(one->ended == 1);
    CHECK(rig.in_flight > 0);
    CHECK(rig.too_many == 0);
    rig.fails = outage_between(0ms, 0ms, outage_kinds()[3]);
    rig.run(100s);
    CHECK(rig.b.clock->asleep() == 0);
    party& next = rig.ask("ann", {"jack"});
    rig.run();
    CHECK(next.answered_right());
}

TEST_CASE("lookups: a name that the provider fails on is failed alone, and the others are found")
{
    struct row {
        int names;
        std::set<std::string> poison;
        bool traffic;
    };
    for (const row& r : {row{100, {"n0"}, false}, row{100, {"n50"}, false}, row{100, {"n99"}, false},
             row{100, {"n0", "n99"}, false}, row{100, {"n41", "n42"}, false}, row{1'000, {"n0"}, false},
             row{1'000, {"n500"}, false}, row{1'000, {"n999"}, false}, row{1'000, {"n3", "n777"}, false},
             row{2, {"n1"}, false}, row{100, {"n0"}, true}, row{100, {"n99"}, true}, row{1'000, {"n3", "n777"}, true}})
        for (const std::size_t concurrency : concurrencies)
            for (const milliseconds retry_for : {5'000ms, 30'000ms}) {
                CAPTURE(r.names);
                CAPTURE(*r.poison.begin());
                CAPTURE(r.poison.size());
                CAPTURE(r.traffic);
                CAPTURE(concurrency);
                CAPTURE(retry_for.count());
                failing_provider_rig rig(patient_options(concurrency, retry_for));
                rig.fails = fails_for(r.poison);
                const auto names = numbered_names(0, r.names);
                rig.ask("ann", names);
                int asked = 0;
                rig.run(failing_provider_rig::forever, [&] {
                    // Other names, one in each fifth of a second, by the same user and another.
                    if (!r.traffic || rig.parties.front()->ended != 0 || rig.now() < asked * 200ms)
                        return;
                    rig.ask(asked % 2 == 0 ? "ann" : "bob", {"other" + std::to_string(asked)});
                    ++asked;
                });
                check_failed_alone(*rig.parties.front(), names, r.poison);
                for (std::size_t i = 1; i < rig.parties.size(); ++i)
                    rig.parties[i]->check_ended(false);
                CHECK(rig.too_many == 0);
                CHECK(rig.now() < 75s);
                CHECK(rig.b.lookups->counts().requests <
                      static_cast<std::size_t>(r.names / 100 + asked + 80 + 2 * retry_for / 1s));
            }
}

TEST_CASE("lookups: a name that fails alone does not slow the others down")
{
    failing_provider_rig rig(patient_options(1, 30s));
    rig.fails = fails_for({"n0"});
    rig.ask("ann", numbered_names(0, 1));
    rig.ask_for("ann", 5'000);
    rig.run(15s); // 50 requests of 100 ms; those that fail are paced, not the others
    std::size_t right = 0;
    for (const auto& one : rig.parties)
        right += one->answered_right();
    CHECK(right == 49);
    rig.run();
    for (const auto& one : rig.parties)
        CHECK(one->ended == 1);
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
            failing_provider_rig rig(patient_options(concurrency, 30s));
            std::size_t n = 0;
            rig.fails = [&](milliseconds, const echo_provider::request&) -> std::optional<error> {
                return r.fails(n++) ? std::optional(error(errc::connection_lost)) : std::nullopt;
            };
            rig.ask_for("ann", 2'000);
            rig.ask_for("bob", 500);
            rig.run();
            rig.check_all_found();
            CHECK(rig.too_many == 0);
            CHECK(rig.now() < 3min);
        }
}

TEST_CASE("lookups: what was made small in an outage is whole again after it")
{
    failing_provider_rig rig(patient_options(8, 60s));
    rig.fails = outage_between(0ms, 40s, outage_kinds()[0]);
    rig.ask("ann", numbered_names(0, 100));
    rig.run(40s);
    const std::size_t during = rig.b.provider->count();
    CHECK(during >= 10);
    rig.run();
    rig.check_all_found();
    CHECK(rig.b.provider->count() - during <= 3);
}

TEST_CASE("lookups: a call that is cancelled in an outage leaves, and nothing is sent for it afterwards")
{
    failing_provider_rig rig(patient_options(8, 30s));
    rig.fails = outage_between(0ms, 10s, outage_kinds()[1]);
    party& leaver = rig.ask("ann", numbered_names(0, 60));
    party& stays = rig.ask("ann", numbered_names(50, 60));
    rig.run(4s);
    leaver.signal.emit(asio::cancellation_type::terminal);
    rig.run(4'100ms);
    CHECK(leaver.cancelled);
    rig.run();
    stays.check_ended(false);
    const auto requests = rig.b.provider->requests();
    for (const user_ref& name : requests.back().who)
        CHECK(std::stoi(name.text().substr(1)) >= 50);

    // The last who waits leaves: no alarm stays set.
    failing_provider_rig empty(patient_options(8, 30s));
    empty.fails = outage_between(0ms, 10min, outage_kinds()[1]);
    party& only = empty.ask("ann", {"jack"});
    empty.run(4s);
    only.signal.emit(asio::cancellation_type::terminal);
    empty.run(6s);
    CHECK(only.cancelled);
    CHECK(empty.b.clock->asleep() == 0);
    CHECK(empty.b.lookups->counts().waiting == 0);
}

TEST_CASE("lookups: a rate limit that was waited for is not counted as waiting for the provider to come back")
{
    failing_provider_rig rig(patient_options(8, 5s));
    rig.fails = [](milliseconds at, const echo_provider::request& request) -> std::optional<error> {
        const bool by_ann = request.token == "token-of-ann";
        if (by_ann && at < 1s)
            return limited_for(20s);
        if (at < 23s)
            return error(errc::connection_lost);
        return std::nullopt;
    };
    party& ann = rig.ask("ann", {"jack"});
    party& bob = rig.ask("bob", {"jack"});
    rig.run(15s);
    CHECK(bob.failed);
    CHECK(ann.ended == 0);
    rig.run();
    CHECK(ann.answered_right());
}

TEST_CASE("lookups: one user's requests that all fail while another's succeed end that user's calls only")
{
    failing_provider_rig rig(patient_options(8, 5s));
    rig.fails = [](milliseconds, const echo_provider::request& request) -> std::optional<error> {
        if (request.token == "token-of-ann")
            return error(errc::provider_unavailable).with_http_status(500);
        return std::nullopt;
    };
    party& ann = rig.ask("ann", numbered_names(0, 300));
    int asked = 0;
    rig.run(12s, [&] {
        if (rig.now() < asked * 300ms)
            return;
        rig.ask("bob", {"other" + std::to_string(asked)});
        ++asked;
    });
    CHECK(ann.ended == 1);
    REQUIRE(ann.failed);
    CHECK(ann.failed->reason() == errc::provider_unavailable);
    rig.run();
    for (std::size_t i = 1; i < rig.parties.size(); ++i)
        rig.parties[i]->check_ended(false);
}
