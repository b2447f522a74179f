// What the desk does with questions, step by step.
#include "unit/session/lookups/office.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;
using kind = lookup_desk::step::kind;

TEST_CASE("what is asked in one turn shares a request, and each asker gets the answers to its own names")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"jack", "nobody_1"});
    const auto b = o.ask(who, {"jill"});
    const auto request = o.send();
    CHECK(o.names_of(*request) == "jack nobody_1 jill");
    CHECK(o.desk.next(o.now).what == kind::idle);
    const auto done = o.answer(request);
    CHECK(done.size() == 2);
    CHECK(a->answers[0]->profile->username == "jack");
    CHECK(a->answers[1]->outcome == lookup_outcome::not_found);
    CHECK(b->answers[0]->profile->username == "jill");
    CHECK(o.desk.counts().requests == 1);
    CHECK(o.desk.counts().profiles == 2);
    CHECK(o.desk.counts().cost_micros == 20'000);
}

TEST_CASE("an equal question joins, whatever the case of the name and whether it was sent")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"jack"});
    const auto b = o.ask(who, {"JACK"});
    const auto request = o.send();
    const auto c = o.ask(who, {"Jack", "jacK"});
    CHECK(o.desk.next(o.now).what == kind::idle);
    CHECK(o.names_of(*request) == "jack");
    CHECK(o.answer(request).size() == 3);
    CHECK(c->answers[1] == a->answers[0]);
    CHECK(o.desk.counts().joined == 3);
    CHECK(o.desk.counts().names_sent == 1);
}

TEST_CASE("ids and names are different questions and go to different endpoints")
{
    office o;
    const auto who = o.person_called("7");
    o.ask(who, {"12", user_ref::id("12"), "jack"});
    CHECK(o.names_of(*o.send()) == "12 jack");
    const auto by_id = o.send();
    CHECK(o.names_of(*by_id) == "12");
    CHECK(by_id->names()[0].is_id());
}

TEST_CASE("two people's equal questions are two, and their answers are their own")
{
    office o;
    const auto ann = o.person_called("ann");
    const auto bob = o.person_called("bob");
    const auto a = o.ask(ann, {"jack"});
    const auto b = o.ask(bob, {"jack"});
    const auto first = o.send();
    const auto second = o.send();
    o.answer(second);
    o.answer(first);
    CHECK(a->answers[0]->profile->description == "ann");
    CHECK(b->answers[0]->profile->description == "bob");
    CHECK(o.ask(ann, {"jack"})->answers[0]->profile->description == "ann");
    CHECK(o.ask(bob, {"jack"})->answers[0]->profile->description == "bob");
}

TEST_CASE("answers are given again for their time, and missing people for a shorter one")
{
    office o;
    const auto who = o.person_called("7");
    o.ask(who, {"jack", "nobody_1"});
    o.answer(o.send());
    o.now += 59s;
    CHECK(o.ask(who, {"jack"})->open == 0);
    CHECK(o.ask(who, {"nobody_1"})->open == 0);
    o.now += 1s;
    CHECK(o.ask(who, {"jack"})->open == 0);
    CHECK(o.ask(who, {"nobody_1"})->open == 1);
    o.now += 240s;
    CHECK(o.ask(who, {"jack"})->open == 1);
}

TEST_CASE("a request carries no more than a hundred, the oldest first")
{
    office o;
    const auto who = o.person_called("7");
    std::vector<user_ref> many;
    for (int i = 0; i < 250; ++i)
        many.push_back("n" + std::to_string(i));
    o.ask(who, many);
    const auto first = o.send();
    CHECK(first->questions.size() == 100);
    CHECK(first->names()[99].text() == "n99");
    CHECK(o.desk.next(o.now).what == kind::idle); // nothing is known of the limits: a probe
    o.answer(first);
    CHECK(o.send()->questions.size() == 100);
    CHECK(o.send()->questions.size() == 50);
}

TEST_CASE("who leaves before the request is sent is not asked for, and who leaves later harms nobody")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"jack", "jill"});
    const auto b = o.ask(who, {"jill"});
    o.desk.leave(who, a);
    const auto request = o.send();
    CHECK(o.names_of(*request) == "jill");
    o.desk.leave(who, b);
    const auto c = o.ask(who, {"jill"}); // joins: the request is not dying
    CHECK(o.desk.next(o.now).what == kind::idle);
    const auto done = o.answer(request);
    REQUIRE(done.size() == 1);
    CHECK(done[0] == c);
    CHECK(o.desk.counts().waiting == 0);
}

TEST_CASE("people take turns")
{
    desk_rules rules = plain_rules();
    rules.max_requests = 1;
    office o(rules);
    const auto ann = o.person_called("ann");
    const auto bob = o.person_called("bob");
    std::vector<user_ref> many;
    for (int i = 0; i < 300; ++i)
        many.push_back("n" + std::to_string(i));
    o.ask(ann, many);
    auto request = o.send();
    o.ask(bob, many);
    std::string order;
    for (int i = 0; i < 5; ++i) {
        order += request->who->user_id + ' ';
        o.answer(request);
        request = o.send();
    }
    order += request->who->user_id;
    // Ann's next turn came before Bob did; from then on they alternate.
    CHECK(order == "ann ann bob ann bob bob");
}

TEST_CASE("after signing out nothing of a person's is kept, not even what is still on the wire")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"});
    o.answer(o.send());
    const auto b = o.ask(who, {"b"});
    const auto request = o.send();
    const auto c = o.ask(who, {"c"});
    CHECK(o.desk.sign_out(who, error(errc::unknown_user)).size() == 1);
    CHECK(c->answers[0]->why->reason() == errc::unknown_user);
    CHECK(o.answer(request).size() == 1); // asked before, and answered
    CHECK(b->answers[0]->outcome == lookup_outcome::found);
    CHECK(o.desk.counts().cached == 0);
    CHECK(o.desk.next(o.now).what == kind::idle);
}

TEST_CASE("answers are matched by whom they are about: doubled, missing and foreign ones harm nobody")
{
    office o;
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"jack", "jill", "joe"});
    const auto request = o.send();
    auto reply = o.reply_to(*request); // reversed: joe, jill, jack
    reply.outcomes.erase(reply.outcomes.begin() + 1);
    reply.outcomes.push_back(reply.outcomes.front());
    reply.outcomes.emplace_back("mallory", lookup_outcome::suspended);
    CHECK(o.desk.answered(request, reply, wall, o.now).size() == 1);
    CHECK(a->answers[0]->profile->username == "jack");
    CHECK(a->answers[1]->why->reason() == errc::malformed_response);
    CHECK(a->answers[2]->profile->username == "joe");
}

TEST_CASE("gathering: a request waits for others up to its time, and not once it is full")
{
    desk_rules rules = plain_rules();
    rules.gather_for = 20ms;
    rules.largest_lookup = 3;
    office o(rules);
    const auto who = o.person_called("7");
    o.ask(who, {"a"});
    auto step = o.desk.next(o.now);
    CHECK(step.what == kind::wait);
    CHECK(step.until == o.now + 20ms);
    o.now += 10ms;
    o.ask(who, {"b"});
    CHECK(o.desk.next(o.now).what == kind::wait);
    o.ask(who, {"c"});
    const auto full = o.send();
    CHECK(o.names_of(*full) == "a b c");
    o.answer(full);
    o.ask(who, {"d"});
    CHECK(o.desk.next(o.now).what == kind::wait);
    o.now += 20ms;
    CHECK(o.names_of(*o.send()) == "d");
}

TEST_CASE("closing fails what waits and lets what is on the wire end, and aborting fails everything")
{
    for (const bool abort : {false, true}) {
        CAPTURE(abort);
        office o;
        const auto who = o.person_called("7");
        const auto sent = o.ask(who, {"a"});
        const auto request = o.send();
        const auto held = o.ask(who, {"b"});
        CHECK(o.desk.next(o.now).what == kind::idle);
        const auto turn = o.ask(o.person_called("8"), {"c"});
        const auto done = abort ? o.desk.abort(error(errc::cancelled)) : o.desk.close(error(errc::cancelled));
        CHECK(done.size() == (abort ? 3 : 2));
        CHECK(held->answers[0]->why->reason() == errc::cancelled);
        CHECK(turn->answers[0]->why->reason() == errc::cancelled);
        CHECK((sent->open == 0) == abort);
        CHECK(o.desk.failed(request, rate_limited(1s), o.now).size() == (abort ? 0 : 1)); // not put back
        CHECK(o.desk.next(o.now).what == kind::idle);
        CHECK(o.desk.counts().waiting == 0);
    }
}

TEST_CASE("what happens is told, without a name that was asked for")
{
    office o;
    const auto who = o.person_called("7");
    o.ask(who, {"jack"});
    o.ask(who, {"jack"});
    o.desk.failed(o.send(), error(errc::connection_lost), o.now);
    o.desk.failed(o.send(), rate_limited(30s), o.now);
    o.desk.next(o.now);
    o.now += 30s;
    o.answer(o.send());
    o.ask(who, {"jack"});
    std::string told;
    for (const session_event& e : o.desk.take_events()) {
        told += std::string(name(e.what)) + ' ';
        CHECK(e.user_id == "7");
    }
    CHECK(told == "joined request retry request retry wait request answer cache_hit ");
    CHECK(o.desk.take_events().empty());
}
