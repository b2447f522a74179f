// What the desk does with questions, step by step, without a coroutine or a clock.
#include "session/lookup_desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::sessions;
using twitter::lookup_outcome;
using twitter::user_ref;
using kind = lookup_desk::step::kind;

namespace {

constexpr std::chrono::sys_seconds wall{std::chrono::seconds(1'700'000'000)};

desk_rules plain_rules()
{
    desk_rules r;
    r.chance = [] { return 0.0; };
    r.watched = true;
    return r;
}

class office {
public:
    explicit office(desk_rules rules = plain_rules()) : desk(std::move(rules), now) {}

    person_ref person_called(const char* id)
    {
        return std::make_shared<person>(id, oauth1::access_token(std::string("token of ") + id, secret("s")), 1,
            ++numbers, allowance_rules(), false);
    }

    std::shared_ptr<asker> ask(const person_ref& who, std::vector<user_ref> names)
    {
        auto one = std::make_shared<asker>(std::move(names));
        for (std::size_t i = 0; i < one->who.size(); ++i)
            desk.ask(who, one, i, now);
        return one;
    }

    batch_ref send()
    {
        const auto step = desk.next(now);
        REQUIRE(step.what == kind::send);
        return step.request;
    }

    // Everyone is found, but those called "nobody...".
    static twitter::reply<twitter::lookups> reply_to(const batch& request)
    {
        twitter::lookups all;
        for (const user_ref& who : request.names()) {
            const bool found = !who.text().starts_with("nobody");
            twitter::lookup one(who, found ? lookup_outcome::found : lookup_outcome::not_found);
            if (found) {
                twitter::profile& p = one.profile.emplace();
                p.id = who.is_id() ? who.text() : "1" + std::to_string(who.text().size());
                p.username = who.is_id() ? "user_" + who.text() : who.text();
                p.description = request.who->user_id;
            }
            all.outcomes.push_back(std::move(one));
        }
        std::reverse(all.outcomes.begin(), all.outcomes.end());
        return {std::move(all), twitter::rate_limits()};
    }

    lookup_desk::askers answer(const batch_ref& request)
    {
        return desk.answered(request, reply_to(*request), wall, now);
    }

    static std::string names_of(const batch& request)
    {
        std::string all;
        for (const user_ref& who : request.names())
            all += (all.empty() ? "" : " ") + who.text();
        return all;
    }

    lookup_desk::time_point now{std::chrono::hours(4)};
    std::uint64_t numbers = 0;
    lookup_desk desk;
};

error rate_limited(std::chrono::seconds wait)
{
    return error(errc::rate_limited).with_retry_after(wait);
}

} // namespace

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

TEST_CASE("answers are given again for their time; missing people for a shorter one")
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

TEST_CASE("who leaves before the request is sent is not asked for; who leaves later harms nobody")
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

TEST_CASE("a reset further away than the session waits fails at once, with the time")
{
    desk_rules rules = plain_rules();
    rules.max_wait = 60s;
    office o(rules);
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"});
    const auto request = o.send();
    CHECK(o.desk.failed(request, rate_limited(61s), o.now).empty());
    const auto step = o.desk.next(o.now);
    REQUIRE(step.done.size() == 1);
    CHECK(step.what == kind::idle);
    CHECK(a->answers[0]->why->reason() == errc::rate_limited);
    CHECK(a->answers[0]->why->retry_after() == 61s);
    CHECK(o.desk.counts().waiting == 0);
    o.now += 1s;
    o.ask(who, {"a"});
    CHECK(o.desk.next(o.now).what == kind::wait); // 60 s: near enough
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

TEST_CASE("trouble on the way is tried again within its time and the budget; trouble of other kinds is not")
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

TEST_CASE("a question is not tried again beyond its time")
{
    desk_rules rules = plain_rules();
    rules.chance = [] { return 0.999; };
    office o(rules);
    const auto who = o.person_called("7");
    const auto a = o.ask(who, {"a"});
    int sent = 0;
    while (a->open != 0) {
        const auto step = o.desk.next(o.now);
        if (step.what == kind::send) {
            ++sent;
            o.now += 100ms;
            o.desk.failed(step.request, error(errc::provider_unavailable), o.now);
        } else {
            REQUIRE(step.what == kind::wait);
            o.now = step.until;
        }
        REQUIRE(sent < 20);
    }
    CHECK(sent > 2);
    CHECK(o.now <= lookup_desk::time_point(std::chrono::hours(4)) + 5s + 100ms);
    CHECK(a->answers[0]->why->reason() == errc::provider_unavailable);
    CHECK(o.desk.counts().retries == static_cast<std::uint64_t>(sent - 1));
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

TEST_CASE("a provider that is down sees hardly more requests than one that is up")
{
    desk_rules rules = plain_rules();
    rules.chance = [] { return 0.5; };
    office o(rules);
    std::vector<person_ref> people;
    for (int i = 0; i < 50; ++i)
        people.push_back(o.person_called(std::to_string(i).c_str()));
    int asked = 0;
    int sent = 0;
    for (const auto end = o.now + 60s; o.now < end; o.now += 10ms) {
        o.ask(people[static_cast<std::size_t>(asked) % people.size()], {"n" + std::to_string(asked)});
        ++asked;
        for (auto step = o.desk.next(o.now); step.what == kind::send; step = o.desk.next(o.now)) {
            ++sent;
            o.desk.failed(step.request, error(errc::provider_unavailable), o.now);
        }
    }
    CHECK(sent > asked);
    CHECK(sent <= asked * 1.2);
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

TEST_CASE("closing fails what waits and lets what is on the wire end; aborting fails everything")
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
