// The batcher with limits, failures and refusals.
#include "unit/session/lookups/batcher_fixture.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;
using kind = lookup_batcher::step::kind;

TEST_CASE("lookup_batcher: a used-up window is waited for, and questions that gather meanwhile share a request")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    f.add(owner, {"a"});
    const auto first = f.send();
    auto reply = f.reply_to(*first);
    reply.limits.at = wall;
    reply.limits.window.emplace().remaining = 0;
    reply.limits.window->reset = wall + 300s;
    f.batcher.succeeded(first, reply, wall, f.now);

    for (const char* name : {"b", "c", "d"}) {
        f.add(owner, {name});
        const auto step = f.batcher.next(f.now);
        CHECK(step.action == kind::wait);
        CHECK(step.until == lookup_batcher::time_point(std::chrono::hours(4)) + 300s);
        f.now += 50s;
    }
    f.now = lookup_batcher::time_point(std::chrono::hours(4)) + 300s;
    CHECK(f.names_of(*f.send()) == "b c d");
    CHECK(f.batcher.counts().waited == 300s);
}

TEST_CASE("lookup_batcher: a reset further away than max_wait fails the call at once, with the time")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a"}, 60s);
    const auto request = f.send();
    CHECK(f.batcher.failed(request, rate_limited(61s), f.now).empty());
    const auto step = f.batcher.next(f.now);
    REQUIRE(step.done.size() == 1);
    CHECK(step.action == kind::idle);
    CHECK(a->results[0]->why->reason() == errc::rate_limited);
    CHECK(a->results[0]->why->retry_after() == 61s);
    CHECK(f.batcher.counts().waiting == 0);
    f.now += 1s;
    f.add(owner, {"a"}, 60s);
    CHECK(f.batcher.next(f.now).action == kind::wait); // 60 s: within max_wait
}

TEST_CASE("lookup_batcher: a call fails alone beyond its max_wait; another gets the same name after the reset")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto patient = f.add(owner, {"a", "b"});
    f.batcher.failed(f.send(), rate_limited(100s), f.now);
    CHECK(f.batcher.next(f.now).action == kind::wait);
    const auto hasty = f.add(owner, {"A", "c"}, 0ms);
    const auto step = f.batcher.next(f.now);
    REQUIRE(step.done.size() == 1);
    CHECK(step.done[0] == hasty);
    CHECK(hasty->results[0]->why->reason() == errc::rate_limited);
    CHECK(hasty->results[1]->why->retry_after() == 100s);
    CHECK(step.action == kind::wait);
    const auto joins = f.add(owner, {"B"}, 99s);
    CHECK(f.batcher.next(f.now).done.size() == 1);
    CHECK(joins->results[0]->why->reason() == errc::rate_limited);
    f.now += 40s;
    const auto hastier = f.add(owner, {"d"}, 59s);
    CHECK(f.batcher.next(f.now).done.size() == 1);
    CHECK(hastier->results[0]->why->retry_after() == 60s);
    f.now += 60s;
    const auto request = f.send();
    CHECK(f.names_of(*request) == "a b");
    f.respond(request);
    CHECK(patient->results[1]->profile);
    CHECK(f.batcher.counts().waited == 100s);
    CHECK(f.batcher.counts().waiting == 0);
}

TEST_CASE("lookup_batcher: a delayed queue that becomes empty ends its delay")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a"});
    f.batcher.failed(f.send(), rate_limited(100s), f.now);
    CHECK(f.batcher.next(f.now).action == kind::wait);
    f.batcher.remove(owner, a);
    CHECK(f.batcher.next(f.now).action == kind::idle);
    f.add(owner, {"b"});
    CHECK(f.batcher.next(f.now).action == kind::wait); // the limit is still known
}

TEST_CASE("lookup_batcher: a rate limit loses no question: they are sent again after the reset")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a", "b"});
    const auto b = f.add(owner, {"c"});
    const auto request = f.send();
    f.batcher.remove(owner, b);
    CHECK(f.batcher.failed(request, rate_limited(100s), f.now).empty());
    const auto d = f.add(owner, {"d"});
    f.now += 100s;
    const auto later_call = f.send();
    CHECK(f.names_of(*later_call) == "a b d"); // the call for c has left
    CHECK(f.respond(later_call).size() == 2);
    CHECK(f.batcher.counts().rate_limited == 1);
}

TEST_CASE("lookup_batcher: transient errors are retried within retry_for, and other errors are not")
{
    struct row {
        errc why;
        bool retried;
    };
    for (const row& r : {row{errc::provider_unavailable, true}, row{errc::connection_lost, true},
             row{errc::connect_failed, true}, row{errc::invalid_credentials, false}, row{errc::forbidden, false},
             row{errc::malformed_response, false}, row{errc::cancelled, false}}) {
        CAPTURE(name(r.why));
        batcher_fixture f;
        const auto owner = f.make_owner("7");
        const auto a = f.add(owner, {"a"});
        const auto done = f.batcher.failed(f.send(), error(r.why), f.now);
        CHECK(done.empty() == r.retried);
        if (r.retried)
            CHECK(f.names_of(*f.send()) == "a");
        else
            CHECK(a->results[0]->why->reason() == r.why);
    }
}

TEST_CASE("lookup_batcher: a call that retry_for has passed for fails as a whole, with the latest reason")
{
    batcher_rules rules = plain_rules();
    rules.chance = [] { return 0.999; };
    batcher_fixture f(rules);
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a"});
    const auto begun = f.now + 100ms;
    int sent = 0;
    lookup_batcher::call_list done;
    while (a->open != 0) {
        const auto step = f.batcher.next(f.now);
        done.insert(done.end(), step.done.begin(), step.done.end());
        if (step.action == kind::send) {
            ++sent;
            f.now += 100ms;
            CHECK(f.batcher.failed(step.request, error(errc::provider_unavailable), f.now).empty());
        } else if (a->open != 0) {
            REQUIRE(step.action == kind::wait);
            f.now = step.until;
        }
        REQUIRE(sent < 20);
    }
    CHECK(sent > 2);
    CHECK(f.now == begun + 5s);
    CHECK(done == lookup_batcher::call_list{a});
    CHECK_FALSE(a->results[0]);
    REQUIRE(a->failed);
    CHECK(a->failed->reason() == errc::provider_unavailable);
    CHECK(a->failed->hint() == "the provider has not responded for 5 s; try again later");
    CHECK(f.batcher.counts().retries == static_cast<std::uint64_t>(sent - 1));
    CHECK(f.batcher.next(f.now).action == kind::idle);
}

TEST_CASE("lookup_batcher: retry_for 0 means no second try")
{
    batcher_rules rules = plain_rules();
    rules.retry_for = 0ms;
    rules.chance = [] { return 0.5; };
    batcher_fixture f(rules);
    const auto a = f.add(f.make_owner("7"), {"a"});
    CHECK(f.batcher.failed(f.send(), error(errc::provider_unavailable), f.now).size() == 1);
}

TEST_CASE("lookup_batcher: a provider that is down gets ten requests and two a second, from however many users")
{
    batcher_rules rules = plain_rules();
    rules.chance = [] { return 0.5; };
    batcher_fixture f(rules);
    std::vector<owner_ptr> people;
    for (int i = 0; i < 50; ++i)
        people.push_back(f.make_owner(std::to_string(i).c_str()));
    std::vector<std::shared_ptr<lookup_call>> all;
    int sent = 0;
    const auto start = f.now;
    for (const auto end = f.now + 60s; f.now < end; f.now += 10ms) {
        all.push_back(f.add(people[all.size() % people.size()], {"n" + std::to_string(all.size())}));
        for (auto step = f.batcher.next(f.now); step.action == kind::send; step = f.batcher.next(f.now)) {
            ++sent;
            CHECK(sent <= 10 + 2 * std::chrono::duration<double>(f.now - start).count());
            f.batcher.failed(step.request, error(errc::provider_unavailable), f.now);
        }
    }
    CHECK(sent > 100);
    // Each waited for 5 s, and at most a tenth of a second more until it was notified.
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK((all[i]->open == 0) == (all[i]->asked_at + 5s + 110ms < f.now || all[i]->failed.has_value()));
}

TEST_CASE("lookup_batcher: a refused token fails all questions of its owner, and is reported once for all")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto other = f.make_owner("8");
    const auto a = f.add(owner, {"a"});
    const auto request = f.send();
    const auto b = f.add(owner, {"b", user_ref::id("9")});
    const auto c = f.add(other, {"a"});
    const auto done = f.batcher.failed(request, error(errc::token_revoked), f.now);
    CHECK(done.size() == 2);
    CHECK(a->results[0]->why->reason() == errc::token_revoked);
    CHECK(b->results[1]->why->reason() == errc::token_revoked);
    CHECK(owner->gone);
    CHECK(f.send()->owner == other);
    CHECK(f.batcher.next(f.now).action == kind::idle);
    CHECK(c->open == 1);
}

TEST_CASE("lookup_batcher: a failure of the program itself ends its calls as a whole, fails no name and ends no outage")
{
    struct row {
        error why;
        bool local;
    };
    for (const row& r : {row{error(errc::provider_error, "internal error: a bug"), true},
             row{error(errc::provider_error).with_http_status(400), false}, row{error(errc::malformed_response), false},
             row{error(errc::not_found), false}}) {
        CAPTURE(r.why.what());
        batcher_fixture f;
        const auto ann = f.make_owner("ann");
        const auto bob = f.make_owner("bob");
        const auto waits = f.add(ann, {"a"});
        const auto fails = f.add(bob, {"b", user_ref::id("7")});
        const auto request = f.send();
        CHECK(request->owner == ann);
        const auto other = f.send();
        CHECK(f.batcher.failed(request, error(errc::connection_lost), f.now).empty());
        const auto done = f.batcher.failed(other, r.why, f.now);
        if (r.local) {
            CHECK(done == lookup_batcher::call_list{fails});
            REQUIRE(fails->failed);
            CHECK(fails->failed->message() == "internal error: a bug");
            CHECK_FALSE(fails->results[0]);
            CHECK_FALSE(fails->results[1]); // removed, too
            CHECK(f.batcher.counts().waiting == 1);
        } else {
            CHECK(done.empty());
            CHECK(fails->results[0]->why->reason() == r.why.reason());
        }
        f.now += 5s;
        f.batcher.next(f.now);
        CHECK(waits->failed.has_value() == r.local); // the outage continued, or not
    }
}

TEST_CASE("lookup_batcher: the event of a retry has the wait of the list that its names are in")
{
    batcher_rules rules = plain_rules();
    rules.chance = [] { return 0.5; };
    batcher_fixture f(rules);
    const auto owner = f.make_owner("7");
    f.add(owner, {"a"});
    const auto waits_told = [&f] {
        std::vector<std::chrono::milliseconds> all;
        for (const session_event& e : f.batcher.take_events())
            if (e.kind == session_event_kind::retry)
                all.push_back(e.wait);
        return all;
    };
    const auto fail = [&f](const char* name) {
        const auto request = f.send();
        CHECK(f.names_of(*request) == name);
        f.batcher.failed(request, error(errc::connection_lost), f.now);
    };
    fail("a");
    f.now += 100ms;
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{100ms});
    fail("a"); // for the second time
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{100ms});
    f.add(owner, {"b"}); // not delayed by the earlier failure
    const auto request = f.send();
    CHECK(f.names_of(*request) == "b");
    f.now += 10ms;
    f.batcher.failed(request, error(errc::connection_lost), f.now);
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{90ms}); // with "a"
    const auto next = f.batcher.next(f.now);
    REQUIRE(next.action == kind::wait);
    CHECK(next.until == f.now + 90ms);
}

TEST_CASE("lookup_batcher: results of a call before it gave up are in the cache")
{
    batcher_fixture f;
    f.max_users = 2;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a", "b", "c"});
    f.respond(f.send());
    while (a->open != 0) {
        const auto step = f.batcher.next(f.now);
        if (step.action == kind::send)
            f.batcher.failed(step.request, error(errc::provider_unavailable), f.now);
        else if (step.action == kind::wait)
            f.now = step.until;
    }
    REQUIRE(a->failed);
    const auto sent = f.batcher.counts().names_sent;
    const auto later_call = f.add(owner, {"a", "b"});
    CHECK(later_call->open == 0);
    CHECK(later_call->results[1]->profile->username == "b");
    CHECK(f.batcher.counts().names_sent == sent);
}
