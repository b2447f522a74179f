// The batcher with questions, step by step.
#include "unit/session/lookups/batcher_fixture.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;
using kind = lookup_batcher::step::kind;

TEST_CASE("lookup_batcher: questions of one turn share a request, and each call gets the results of its own names")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"jack", "missing_1"});
    const auto b = f.add(owner, {"jill"});
    const auto request = f.send();
    CHECK(f.names_of(*request) == "jack missing_1 jill");
    CHECK(f.batcher.next(f.now).action == kind::idle);
    const auto done = f.respond(request);
    CHECK(done.size() == 2);
    CHECK(a->results[0]->profile->username == "jack");
    CHECK(a->results[1]->outcome == lookup_outcome::not_found);
    CHECK(b->results[0]->profile->username == "jill");
    CHECK(f.batcher.counts().requests == 1);
    CHECK(f.batcher.counts().profiles == 2);
    CHECK(f.batcher.counts().cost_micros == 20'000);
}

TEST_CASE("lookup_batcher: an equal question joins, regardless of the case of the name and whether it was sent")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"jack"});
    const auto b = f.add(owner, {"JACK"});
    const auto request = f.send();
    const auto c = f.add(owner, {"Jack", "jacK"});
    CHECK(f.batcher.next(f.now).action == kind::idle);
    CHECK(f.names_of(*request) == "jack");
    CHECK(f.respond(request).size() == 3);
    CHECK(c->results[1] == a->results[0]);
    CHECK(f.batcher.counts().joined == 3);
    CHECK(f.batcher.counts().names_sent == 1);
}

TEST_CASE("lookup_batcher: ids and names are different questions and go to different endpoints")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    f.add(owner, {"12", user_ref::id("12"), "jack"});
    CHECK(f.names_of(*f.send()) == "12 jack");
    const auto by_id = f.send();
    CHECK(f.names_of(*by_id) == "12");
    CHECK(by_id->users()[0].is_id());
}

TEST_CASE("lookup_batcher: equal questions of two owners are two, each with its own result")
{
    batcher_fixture f;
    const auto ann = f.make_owner("ann");
    const auto bob = f.make_owner("bob");
    const auto a = f.add(ann, {"jack"});
    const auto b = f.add(bob, {"jack"});
    const auto first = f.send();
    const auto second = f.send();
    f.respond(second);
    f.respond(first);
    CHECK(a->results[0]->profile->description == "ann");
    CHECK(b->results[0]->profile->description == "bob");
    CHECK(f.add(ann, {"jack"})->results[0]->profile->description == "ann");
    CHECK(f.add(bob, {"jack"})->results[0]->profile->description == "bob");
}

TEST_CASE("lookup_batcher: results are cached for their time, and missing users for a shorter one")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    f.add(owner, {"jack", "missing_1"});
    f.respond(f.send());
    f.now += 59s;
    CHECK(f.add(owner, {"jack"})->open == 0);
    CHECK(f.add(owner, {"missing_1"})->open == 0);
    f.now += 1s;
    CHECK(f.add(owner, {"jack"})->open == 0);
    CHECK(f.add(owner, {"missing_1"})->open == 1);
    f.now += 240s;
    CHECK(f.add(owner, {"jack"})->open == 1);
}

TEST_CASE("lookup_batcher: a request has no more than a hundred names, the oldest first")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    std::vector<user_ref> many;
    for (int i = 0; i < 250; ++i)
        many.push_back("n" + std::to_string(i));
    f.add(owner, many);
    const auto first = f.send();
    CHECK(first->questions.size() == 100);
    CHECK(first->users()[99].text() == "n99");
    CHECK(f.batcher.next(f.now).action == kind::idle); // nothing is known of the limits: a probe
    f.respond(first);
    CHECK(f.send()->questions.size() == 100);
    CHECK(f.send()->questions.size() == 50);
}

TEST_CASE("lookup_batcher: a call removed before its request is not sent, and one removed later affects no other")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"jack", "jill"});
    const auto b = f.add(owner, {"jill"});
    f.batcher.remove(owner, a);
    const auto request = f.send();
    CHECK(f.names_of(*request) == "jill");
    f.batcher.remove(owner, b);
    const auto c = f.add(owner, {"jill"}); // joins: the request is still in flight
    CHECK(f.batcher.next(f.now).action == kind::idle);
    const auto done = f.respond(request);
    REQUIRE(done.size() == 1);
    CHECK(done[0] == c);
    CHECK(f.batcher.counts().waiting == 0);
}

TEST_CASE("lookup_batcher: owners are served in turn")
{
    batcher_rules rules = plain_rules();
    rules.max_requests = 1;
    batcher_fixture f(rules);
    const auto ann = f.make_owner("ann");
    const auto bob = f.make_owner("bob");
    std::vector<user_ref> many;
    for (int i = 0; i < 300; ++i)
        many.push_back("n" + std::to_string(i));
    f.add(ann, many);
    auto request = f.send();
    f.add(bob, many);
    std::string order;
    for (int i = 0; i < 5; ++i) {
        order += request->owner->user_id + ' ';
        f.respond(request);
        request = f.send();
    }
    order += request->owner->user_id;
    // Ann's next request precedes Bob's first question; from then on they alternate.
    CHECK(order == "ann ann bob ann bob bob");
}

TEST_CASE("lookup_batcher: after sign_out no result of the owner is kept, not even one in flight")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"a"});
    f.respond(f.send());
    const auto b = f.add(owner, {"b"});
    const auto request = f.send();
    const auto c = f.add(owner, {"c"});
    CHECK(f.batcher.sign_out(owner, error(errc::unknown_user)).size() == 1);
    CHECK(c->results[0]->why->reason() == errc::unknown_user);
    CHECK(f.respond(request).size() == 1); // added before, and completed
    CHECK(b->results[0]->outcome == lookup_outcome::found);
    CHECK(f.batcher.counts().cached == 0);
    CHECK(f.batcher.next(f.now).action == kind::idle);
}

TEST_CASE("lookup_batcher: results are matched by user: repeated, missing and foreign ones affect no other")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    const auto a = f.add(owner, {"jack", "jill", "joe"});
    const auto request = f.send();
    auto reply = f.reply_to(*request); // reversed: joe, jill, jack
    reply.outcomes.erase(reply.outcomes.begin() + 1);
    reply.outcomes.push_back(reply.outcomes.front());
    reply.outcomes.emplace_back("mallory", lookup_outcome::suspended);
    CHECK(f.batcher.succeeded(request, reply, wall, f.now).size() == 1);
    CHECK(a->results[0]->profile->username == "jack");
    CHECK(a->results[1]->why->reason() == errc::malformed_response);
    CHECK(a->results[2]->profile->username == "joe");
}

TEST_CASE("lookup_batcher: a profile is moved to the call that alone has it, and copied for each of several")
{
    const auto text_of = [](const coauth::lookup& found) { return found.profile->description->data(); };
    for (const bool cached : {false, true})
        for (const bool joined : {false, true}) {
            CAPTURE(cached);
            CAPTURE(joined);
            batcher_rules rules = plain_rules();
            rules.max_cached_lookups = cached ? 1 : 0;
            batcher_fixture f(rules);
            const auto owner = f.make_owner("a user whose profiles have a long description");
            const auto first = f.add(owner, {"jack"});
            const auto second = joined ? f.add(owner, {"JACK"}) : nullptr;
            const auto request = f.send();
            auto reply = f.reply_to(*request);
            const char* const text = text_of(reply.outcomes.front());
            f.batcher.succeeded(request, std::move(reply), wall, f.now);

            call_results results(*first);
            CHECK(text_of(*results.outcomes.front()) == text);
            std::vector<coauth::lookup> all;
            const coauth::lookup& taken = results.take(0, all);
            CHECK((text_of(taken) == text) == (!cached && !joined));
            CHECK(taken.profile->description == owner->user_id);
            if (joined)
                CHECK(second->results[0]->profile->description == owner->user_id);
            if (cached)
                CHECK(f.add(owner, {"jack"})->results[0]->profile->description == owner->user_id);
        }
}

TEST_CASE("lookup_batcher: a request gathers questions for gather_for, and not once it is full")
{
    batcher_rules rules = plain_rules();
    rules.gather_for = 20ms;
    batcher_fixture f(rules);
    f.max_users = 3;
    const auto owner = f.make_owner("7");
    f.add(owner, {"a"});
    auto step = f.batcher.next(f.now);
    CHECK(step.action == kind::wait);
    CHECK(step.until == f.now + 20ms);
    f.now += 10ms;
    f.add(owner, {"b"});
    CHECK(f.batcher.next(f.now).action == kind::wait);
    f.add(owner, {"c"});
    const auto full = f.send();
    CHECK(f.names_of(*full) == "a b c");
    f.respond(full);
    f.add(owner, {"d"});
    CHECK(f.batcher.next(f.now).action == kind::wait);
    f.now += 20ms;
    CHECK(f.names_of(*f.send()) == "d");
}

TEST_CASE("lookup_batcher: close fails the waiting questions and lets requests in flight end, and abort fails all")
{
    for (const bool abort : {false, true}) {
        CAPTURE(abort);
        batcher_fixture f;
        const auto owner = f.make_owner("7");
        const auto sent = f.add(owner, {"a"});
        const auto request = f.send();
        const auto held = f.add(owner, {"b"});
        CHECK(f.batcher.next(f.now).action == kind::idle);
        const auto turn = f.add(f.make_owner("8"), {"c"});
        const auto done = abort ? f.batcher.abort(error(errc::cancelled)) : f.batcher.close(error(errc::cancelled));
        CHECK(done.size() == (abort ? 3 : 2));
        CHECK(held->results[0]->why->reason() == errc::cancelled);
        CHECK(turn->results[0]->why->reason() == errc::cancelled);
        CHECK((sent->open == 0) == abort);
        CHECK(f.batcher.failed(request, rate_limited(1s), f.now).size() == (abort ? 0 : 1)); // not put back
        CHECK(f.batcher.next(f.now).action == kind::idle);
        CHECK(f.batcher.counts().waiting == 0);
    }
}

TEST_CASE("lookup_batcher: reports events without a name that was looked up")
{
    batcher_fixture f;
    const auto owner = f.make_owner("7");
    f.add(owner, {"jack"});
    f.add(owner, {"jack"});
    f.batcher.failed(f.send(), error(errc::connection_lost), f.now);
    f.batcher.failed(f.send(), rate_limited(30s), f.now);
    f.batcher.next(f.now);
    f.now += 30s;
    f.respond(f.send());
    f.add(owner, {"jack"});
    std::string stated;
    for (const session_event& e : f.batcher.take_events()) {
        stated += std::string(name(e.kind)) + ' ';
        CHECK(e.user_id == "7");
    }
    CHECK(stated == "joined request retry request retry wait request response cache_hit ");
    CHECK(f.batcher.take_events().empty());
}

TEST_CASE("lookup_batcher: a user that an account found without a profile is failed, and not cached")
{
    batcher_fixture f;
    const auto owner = f.make_owner("ann");
    const auto call = f.add(owner, {user_ref("bob"), user_ref("carl")});
    const auto request = f.send();
    auto reply = batcher_fixture::reply_to(*request);
    for (coauth::lookup& each : reply.outcomes)
        if (each.asked.text() == "bob")
            each.profile.reset();
    f.batcher.succeeded(request, std::move(reply), wall, f.now);
    REQUIRE(call->results[0]);
    CHECK(call->results[0]->outcome == lookup_outcome::failed);
    CHECK(call->results[0]->why->reason() == errc::provider_error);
    CHECK(call->results[1]->outcome == lookup_outcome::found);
    CHECK(f.batcher.cached(*owner, user_ref("bob"), f.now) == nullptr);
    CHECK(f.batcher.cached(*owner, user_ref("carl"), f.now) != nullptr);
}
