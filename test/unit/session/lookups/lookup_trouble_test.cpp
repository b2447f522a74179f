// What the desk does about limits, failures and refusals.
#include "unit/session/lookups/office.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;
using kind = lookup_desk::step::kind;

TEST_CASE("a spent window is waited for, and what gathers meanwhile shares a request")
{
    office o;
    const auto who = o.person_called("7");
    o.ask(who, {"a"});
    const auto first = o.send();
    auto reply = o.reply_to(*first);
    reply.limits.at = wall;
    reply.limits.window.emplace().remaining = 0;
    reply.limits.window->reset = wall + 300s;
    o.desk.answered(first, reply, wall, o.now);

    for (const char* name : {"b", "c", "d"}) {
        o.ask(who, {name});
        const auto step = o.desk.next(o.now);
        CHECK(step.what == kind::wait);
        CHECK(step.until == lookup_desk::time_point(std::chrono::hours(4)) + 300s);
        o.now += 50s;
    }
    o.now = lookup_desk::time_point(std::chrono::hours(4)) + 300s;
    CHECK(o.names_of(*o.send()) == "b c d");
    CHECK(o.desk.counts().waited == 300s);
}

TEST_CASE("a reset further away than a call waits fails at once, with the time")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"}, 60s);
    const auto request = o.send();
    CHECK(o.desk.failed(request, rate_limited(61s), o.now).empty());
    const auto step = o.desk.next(o.now);
    REQUIRE(step.done.size() == 1);
    CHECK(step.what == kind::idle);
    CHECK(a->answers[0]->why->reason() == errc::rate_limited);
    CHECK(a->answers[0]->why->retry_after() == 61s);
    CHECK(o.desk.counts().waiting == 0);
    o.now += 1s;
    o.ask(who, {"a"}, 60s);
    CHECK(o.desk.next(o.now).what == kind::wait); // 60 s: near enough
}

TEST_CASE("who won't wait leaves alone: whoever waits for the same name gets its answer after the reset")
{
    office o;
    const auto who = o.person_called("7");
    const auto patient = o.ask(who, {"a", "b"});
    o.desk.failed(o.send(), rate_limited(100s), o.now);
    CHECK(o.desk.next(o.now).what == kind::wait);
    const auto hasty = o.ask(who, {"A", "c"}, 0ms);
    const auto step = o.desk.next(o.now);
    REQUIRE(step.done.size() == 1);
    CHECK(step.done[0] == hasty);
    CHECK(hasty->answers[0]->why->reason() == errc::rate_limited);
    CHECK(hasty->answers[1]->why->retry_after() == 100s);
    CHECK(step.what == kind::wait);
    const auto joins = o.ask(who, {"B"}, 99s);
    CHECK(o.desk.next(o.now).done.size() == 1);
    CHECK(joins->answers[0]->why->reason() == errc::rate_limited);
    o.now += 40s;
    const auto hastier = o.ask(who, {"d"}, 59s);
    CHECK(o.desk.next(o.now).done.size() == 1);
    CHECK(hastier->answers[0]->why->retry_after() == 60s);
    o.now += 60s;
    const auto request = o.send();
    CHECK(o.names_of(*request) == "a b");
    o.answer(request);
    CHECK(patient->answers[1]->profile);
    CHECK(o.desk.counts().waited == 100s);
    CHECK(o.desk.counts().waiting == 0);
}

TEST_CASE("nobody's alarm stays set: a lane that empties while it sleeps gets up")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"});
    o.desk.failed(o.send(), rate_limited(100s), o.now);
    CHECK(o.desk.next(o.now).what == kind::wait);
    o.desk.leave(who, a);
    CHECK(o.desk.next(o.now).what == kind::idle);
    o.ask(who, {"b"});
    CHECK(o.desk.next(o.now).what == kind::wait); // the limit is still known
}

TEST_CASE("a rate limit loses nobody: the questions go again after the reset")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a", "b"});
    const auto b = o.ask(who, {"c"});
    const auto request = o.send();
    o.desk.leave(who, b);
    CHECK(o.desk.failed(request, rate_limited(100s), o.now).empty());
    const auto d = o.ask(who, {"d"});
    o.now += 100s;
    const auto again = o.send();
    CHECK(o.names_of(*again) == "a b d"); // c's asker has left
    CHECK(o.answer(again).size() == 2);
    CHECK(o.desk.counts().rate_limited == 1);
}

TEST_CASE("trouble on the way is tried again within its time and the budget, and trouble of other kinds is not")
{
    struct row {
        errc why;
        bool again;
    };
    for (const row& r : {row{errc::provider_unavailable, true}, row{errc::connection_lost, true},
             row{errc::connect_failed, true}, row{errc::invalid_credentials, false}, row{errc::forbidden, false},
             row{errc::malformed_response, false}, row{errc::cancelled, false}}) {
        CAPTURE(name(r.why));
        office o;
        const auto who = o.person_called("7");
        const auto a = o.ask(who, {"a"});
        const auto done = o.desk.failed(o.send(), error(r.why), o.now);
        CHECK(done.empty() == r.again);
        if (r.again)
            CHECK(o.names_of(*o.send()) == "a");
        else
            CHECK(a->answers[0]->why->reason() == r.why);
    }
}

TEST_CASE("lookup_desk: a call that retry_for has passed for fails as a whole, with the latest reason")
{
    desk_rules rules = plain_rules();
    rules.chance = [] { return 0.999; };
    office o(rules);
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"});
    const auto begun = o.now + 100ms;
    int sent = 0;
    lookup_desk::askers done;
    while (a->open != 0) {
        const auto step = o.desk.next(o.now);
        done.insert(done.end(), step.done.begin(), step.done.end());
        if (step.what == kind::send) {
            ++sent;
            o.now += 100ms;
            CHECK(o.desk.failed(step.request, error(errc::provider_unavailable), o.now).empty());
        } else if (a->open != 0) {
            REQUIRE(step.what == kind::wait);
            o.now = step.until;
        }
        REQUIRE(sent < 20);
    }
    CHECK(sent > 2);
    CHECK(o.now == begun + 5s);
    CHECK(done == lookup_desk::askers{a});
    CHECK_FALSE(a->answers[0]);
    REQUIRE(a->failed);
    CHECK(a->failed->reason() == errc::provider_unavailable);
    CHECK(a->failed->hint() == "the provider has not answered for 5 s; try again later");
    CHECK(o.desk.counts().retries == static_cast<std::uint64_t>(sent - 1));
    CHECK(o.desk.next(o.now).what == kind::idle);
}

TEST_CASE("retry_for of 0 is no second try")
{
    desk_rules rules = plain_rules();
    rules.retry_for = 0ms;
    rules.chance = [] { return 0.5; };
    office o(rules);
    const auto a = o.ask(o.person_called("7"), {"a"});
    CHECK(o.desk.failed(o.send(), error(errc::provider_unavailable), o.now).size() == 1);
}

TEST_CASE("lookup_desk: a provider that is down gets ten requests and two a second, from however many users")
{
    desk_rules rules = plain_rules();
    rules.chance = [] { return 0.5; };
    office o(rules);
    std::vector<person_ref> people;
    for (int i = 0; i < 50; ++i)
        people.push_back(o.person_called(std::to_string(i).c_str()));
    std::vector<std::shared_ptr<asker>> all;
    int sent = 0;
    const auto start = o.now;
    for (const auto end = o.now + 60s; o.now < end; o.now += 10ms) {
        all.push_back(o.ask(people[all.size() % people.size()], {"n" + std::to_string(all.size())}));
        for (auto step = o.desk.next(o.now); step.what == kind::send; step = o.desk.next(o.now)) {
            ++sent;
            CHECK(sent <= 10 + 2 * std::chrono::duration<double>(o.now - start).count());
            o.desk.failed(step.request, error(errc::provider_unavailable), o.now);
        }
    }
    CHECK(sent > 100);
    // Each waited for 5 s, and for a tenth of a second at most until it was told.
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK((all[i]->open == 0) == (all[i]->asked_at + 5s + 110ms < o.now || all[i]->failed.has_value()));
}

TEST_CASE("a refused token fails all that its person asks, and is reported once for all")
{
    office o;
    const auto who = o.person_called("7");
    const auto other = o.person_called("8");
    const auto a = o.ask(who, {"a"});
    const auto request = o.send();
    const auto b = o.ask(who, {"b", user_ref::id("9")});
    const auto c = o.ask(other, {"a"});
    const auto done = o.desk.failed(request, error(errc::token_revoked), o.now);
    CHECK(done.size() == 2);
    CHECK(a->answers[0]->why->reason() == errc::token_revoked);
    CHECK(b->answers[1]->why->reason() == errc::token_revoked);
    CHECK(who->gone);
    CHECK(o.send()->who == other);
    CHECK(o.desk.next(o.now).what == kind::idle);
    CHECK(c->open == 1);
}

TEST_CASE("lookup_desk: a failure of the program itself ends its calls as a whole, fails no name and ends no outage")
{
    struct row {
        error why;
        bool local;
    };
    for (const row& r : {row{error(errc::provider_error, "internal error: a bug"), true},
             row{error(errc::provider_error).with_http_status(400), false}, row{error(errc::malformed_response), false},
             row{error(errc::not_found), false}}) {
        CAPTURE(r.why.what());
        office o;
        const auto ann = o.person_called("ann");
        const auto bob = o.person_called("bob");
        const auto waits = o.ask(ann, {"a"});
        const auto fails = o.ask(bob, {"b", user_ref::id("7")});
        const auto request = o.send();
        CHECK(request->who == ann);
        const auto other = o.send();
        CHECK(o.desk.failed(request, error(errc::connection_lost), o.now).empty());
        const auto done = o.desk.failed(other, r.why, o.now);
        if (r.local) {
            CHECK(done == lookup_desk::askers{fails});
            REQUIRE(fails->failed);
            CHECK(fails->failed->message() == "internal error: a bug");
            CHECK_FALSE(fails->answers[0]);
            CHECK_FALSE(fails->answers[1]); // nor is it asked for any more
            CHECK(o.desk.counts().waiting == 1);
        } else {
            CHECK(done.empty());
            CHECK(fails->answers[0]->why->reason() == r.why.reason());
        }
        o.now += 5s;
        o.desk.next(o.now);
        CHECK(waits->failed.has_value() == r.local); // the outage lasted, or not
    }
}

TEST_CASE("lookup_desk: a retry is told with the wait of the list that its names are in")
{
    desk_rules rules = plain_rules();
    rules.chance = [] { return 0.5; };
    office o(rules);
    const auto who = o.person_called("7");
    o.ask(who, {"a"});
    const auto waits_told = [&o] {
        std::vector<std::chrono::milliseconds> all;
        for (const session_event& e : o.desk.take_events())
            if (e.what == session_event::kind::retry)
                all.push_back(e.wait);
        return all;
    };
    const auto fail = [&o](const char* name) {
        const auto request = o.send();
        CHECK(o.names_of(*request) == name);
        o.desk.failed(request, error(errc::connection_lost), o.now);
    };
    fail("a");
    o.now += 100ms;
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{100ms});
    fail("a"); // for the second time
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{100ms});
    o.ask(who, {"b"}); // not held back by what failed before
    const auto request = o.send();
    CHECK(o.names_of(*request) == "b");
    o.now += 10ms;
    o.desk.failed(request, error(errc::connection_lost), o.now);
    CHECK(waits_told() == std::vector<std::chrono::milliseconds>{90ms}); // with "a"
    const auto next = o.desk.next(o.now);
    REQUIRE(next.what == kind::wait);
    CHECK(next.until == o.now + 90ms);
}

TEST_CASE("lookup_desk: what a call had found before it was given up is in the cache")
{
    desk_rules rules = plain_rules();
    rules.largest_lookup = 2;
    office o(rules);
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a", "b", "c"});
    o.answer(o.send());
    while (a->open != 0) {
        const auto step = o.desk.next(o.now);
        if (step.what == kind::send)
            o.desk.failed(step.request, error(errc::provider_unavailable), o.now);
        else if (step.what == kind::wait)
            o.now = step.until;
    }
    REQUIRE(a->failed);
    const auto sent = o.desk.counts().names_sent;
    const auto again = o.ask(who, {"a", "b"});
    CHECK(again->open == 0);
    CHECK(again->answers[1]->profile->username == "b");
    CHECK(o.desk.counts().names_sent == sent);
}
