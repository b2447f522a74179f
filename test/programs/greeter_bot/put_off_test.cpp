// Mentions that are left for a later round.
#include "programs/greeter_bot/round_fixture.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace round_testing;
using coauth::error;

TEST_CASE(
    "greeter_bot: since_id does not pass a mention that was put off, even if the provider calls another one newest")
{
    memory m = of_bot();
    round r(m, {mention("10"), mention("20")}, "30");
    r.next("hi");
    r.put_off();
    r.next("hi");
    r.settle("101");
    CHECK(m.since_id.empty());
    round later_round(m, {mention("10")}, "30");
    CHECK(later_round.next("hi")->mention == "10");
    later_round.settle("102");
    CHECK(m.since_id == "30");
}

TEST_CASE("greeter_bot: a mention that is put off keeps its place for the next round")
{
    memory m = of_bot();
    round r(m, {mention("5"), mention("6"), mention("7")});
    CHECK(r.next("hi")->mention == "5");
    CHECK(r.lists("5"));
    CHECK_FALSE(r.lists("4"));
    r.put_off();
    CHECK_FALSE(m.open);
    CHECK(r.next("hi")->mention == "6");
    r.settle("96");
    CHECK(r.next("hi")->mention == "7");
    r.settle("97");
    CHECK_FALSE(r.next("hi"));
    CHECK(m.since_id.empty());
    CHECK(played(m, {mention("5"), mention("6"), mention("7")}) == "5 ");
    CHECK(m.since_id == "7");
}

TEST_CASE("greeter_bot: what was put off in earlier rounds comes after all others, the one that waits longest first")
{
    memory m = of_bot();
    const std::vector<tweet> listed = {mention("5"), mention("6"), mention("7"), mention("8")};
    const auto refused_in_a_round = [&m, &listed] {
        round r(m, listed);
        std::string order;
        for (int i = 0; i < 2; ++i) { // two refusals end a round
            order += r.next("hi {username}")->mention + ' ';
            r.put_off();
        }
        return order;
    };
    CHECK(refused_in_a_round() == "5 6 ");
    CHECK(refused_in_a_round() == "7 8 ");
    CHECK(refused_in_a_round() == "5 6 ");
    CHECK(refused_in_a_round() == "7 8 ");
    CHECK(m.since_id.empty());
    std::vector<tweet> grown = listed;
    grown.push_back(mention("9", "21", "bob"));
    CHECK(played(m, grown) == "9 5 6 7 8 ");
    CHECK(m.since_id == "9");
    CHECK(m.settled.size() == 5);
    CHECK(played(m, grown).empty());
}

TEST_CASE("greeter_bot: a reply that may have been posted is put off with its words, which nothing else says meanwhile")
{
    memory m = of_bot();
    m.open = intention("5", "ada", "hi ada");
    round first(m, {mention("6"), mention("7", "21", "bob")}); // it is no longer listed
    CHECK(first.next("hi {username}")->mention == "5");
    first.put_off();
    CHECK_FALSE(m.open);
    CHECK(first.next("hi {username}")->text == "hi ada (2)");
    first.settle("96");
    CHECK(first.next("hi {username}")->text == "hi bob");
    first.settle("97");
    CHECK_FALSE(first.next("hi {username}")); // was tried in this round

    m = from_text(to_text(m));
    round second(m, {mention("8")});
    CHECK(second.oldest() == "5"); // so that a reply to it is found
    CHECK(second.next("hello {username}")->text == "hello ada");
    second.settle("98");
    CHECK(second.next("hello {username}")->mention == "5");
    CHECK(m.open->text == "hi ada");
    second.settle("95");
    CHECK_FALSE(second.next("hello {username}"));
    CHECK_FALSE(round(m, {}).has_next());
}

TEST_CASE("greeter_bot: a reply that was refused at once gets new words when it is tried again")
{
    memory m = of_bot();
    round first(m, {mention("5"), mention("6")});
    CHECK(first.next("far too long {username}")->mention == "5");
    first.put_off();
    CHECK(first.next("hi {username}")->mention == "6");
    first.settle("96");
    round second(m, {mention("5")});
    CHECK(second.next("hi {username}")->text == "hi ada (2)");
    second.put_off();
    // It is deleted.
    CHECK_FALSE(round(m, {}).has_next());
    CHECK_FALSE(round(m, {}).next("hi"));
}

TEST_CASE("greeter_bot: a post without a result is tried first in the next round, and after all others from then on")
{
    memory m = of_bot();
    round first(m, {mention("5"), mention("6"), mention("7")});
    first.next("hi {username}");
    first.leave();
    REQUIRE(m.open);
    CHECK(m.open->mention == "5");

    round second(m, {mention("5"), mention("6"), mention("7")});
    CHECK(second.next("other words")->text == "hi ada");
    second.leave();
    CHECK_FALSE(m.open);

    m = from_text(to_text(m));
    round third(m, {mention("5"), mention("6"), mention("7")});
    CHECK(third.next("hi {username}")->text == "hi ada (2)");
    third.settle("96");
    CHECK(third.next("hi {username}")->mention == "7");
    third.leave(); // its first
    REQUIRE(m.open);
    CHECK(m.open->mention == "7");

    round fourth(m, {mention("5"), mention("7")});
    CHECK(fourth.next("hi {username}")->mention == "7");
    fourth.settle("97");
    CHECK(fourth.next("hi {username}")->text == "hi ada");
    fourth.put_off(); // the first post may have been carried out
    CHECK_FALSE(fourth.next("hi {username}"));
    round fifth(m, {mention("5"), mention("7")});
    CHECK(fifth.next("other words")->text == "hi ada");
    fifth.settle("95");
    CHECK(m.since_id == "7");
}

TEST_CASE("greeter_bot: of posts without a result no more than 64 are begun")
{
    memory m = of_bot();
    for (int i = 100; i < 164; ++i)
        m.put_off.emplace_back(std::to_string(i), "ada", "hi " + std::to_string(i));
    round full(m, {mention("200")});
    for (int i = 100; i < 163; ++i) {
        CHECK(full.next("hi")->mention == std::to_string(i));
        full.put_off();
    }
    CHECK(full.next("hi")->mention == "163");
    full.settle("");
    CHECK(full.next("hi")->mention == "200");
}

TEST_CASE("greeter_bot: a state of a version that put nothing off is read, and a damaged list of it is not")
{
    memory m = of_bot();
    m.put_off.emplace_back("5", "ada", "hi ada");
    m.put_off.emplace_back("6", "bob", ""); // no post of it can have been carried out
    const std::string text = to_text(m);
    const memory back = from_text(text);
    REQUIRE(back.put_off.size() == 1);
    CHECK(back.put_off[0].mention == "5");
    CHECK(back.put_off[0].username == "ada");
    CHECK(back.put_off[0].text == "hi ada");
    const std::string list = text.substr(text.find(",\"put_off\":"));
    const std::string rest = text.substr(0, text.size() - list.size());
    CHECK(from_text(rest + "}").put_off.empty());
    for (const std::string bad : {"null", "{}", "[1]", "[{}]", R"([{"mention":null,"username":null,"text":null}])"})
        CHECK_THROWS_AS(from_text(rest + ",\"put_off\":" + bad + "}"), error);
}
