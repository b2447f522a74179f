#include "greeter_bot/ids.hpp"
#include "greeter_bot/message.hpp"
#include "greeter_bot/result_line.hpp"
#include "programs/greeter_bot/round_fixture.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace round_testing;
using coauth::error;

TEST_CASE("greeter_bot: the oldest mention is answered first and each once")
{
    memory m = of_bot();
    CHECK(played(m, {mention("1000"), mention("30"), mention("200"), mention("30")}) == "30 200 1000 ");
    CHECK(m.since_id == "1000");
    CHECK(played(m, {mention("1000"), mention("30"), mention("1001")}) == "1001 ");
    CHECK(played(m, {}).empty());
}

TEST_CASE("greeter_bot: the bot does not answer itself and skips its own posts")
{
    memory m = of_bot();
    CHECK(played(m, {mention("5", "10"), mention("6")}) == "6 ");
    CHECK(played(m, {mention("7", "10")}).empty());
    CHECK(m.since_id == "7");
}

TEST_CASE("greeter_bot: since_id does not pass what is not settled")
{
    memory m = of_bot();
    round r(m, {mention("5"), mention("6"), mention("7")});
    r.next("hi");
    CHECK(m.since_id.empty());
    r.settle("");
    CHECK(m.since_id == "5");
    CHECK(r.next("hi")->mention == "6");
    CHECK(m.since_id == "5");
    CHECK(r.oldest() == "6");
}

TEST_CASE("greeter_bot: since_id passes what can't be read once all that can is settled")
{
    memory m = of_bot();
    round r(m, {mention("10"), mention("20")}, "30");
    CHECK(m.since_id.empty());
    r.next("hi");
    r.settle("100");
    CHECK(m.since_id == "10");
    r.next("hi");
    r.settle("101");
    CHECK(m.since_id == "30");
    round(m, {}, "9");
    CHECK(m.since_id == "30");
    round(m, {}, "100");
    CHECK(m.since_id == "100");
    round(m, {}, "");
    CHECK(m.since_id == "100");
}

TEST_CASE("greeter_bot: an open mention comes first with the same words, and one that is listed late is not lost")
{
    memory m = of_bot();
    m.since_id = "3";
    m.open = intention("5", "ada", "other words");
    round r(m, {mention("5"), mention("4"), mention("6")});
    CHECK(r.oldest() == "4");
    CHECK(r.next("hi")->text == "other words");
    CHECK(r.next("hi")->mention == "5");
    r.settle("95");
    CHECK(m.since_id == "3");
    CHECK(r.next("hi")->mention == "4");
    r.settle("94");
    CHECK(m.since_id == "5");
}

TEST_CASE("greeter_bot: an open mention that is gone is still settled first")
{
    memory m = of_bot();
    m.open = intention("5", "ada", "words");
    round r(m, {});
    CHECK(r.has_next());
    CHECK(r.oldest() == "5");
    r.settle("");
    CHECK_FALSE(r.has_next());
    CHECK(r.oldest().empty());
}

TEST_CASE("greeter_bot: the same user is greeted in other words, and no other user is")
{
    memory m = of_bot();
    round r(m, {mention("1"), mention("2"), mention("3", "21", "ad"), mention("4")});
    CHECK(r.next("hi {username}")->text == "hi ada");
    r.settle("");
    CHECK(r.next("hi {username}")->text == "hi ada (2)");
    r.settle("", false); // not said
    CHECK(r.next("hi {username}")->text == "hi ad");
    r.settle("");
    CHECK(r.next("hi {username}")->text == "hi ada (2)");
}

TEST_CASE("greeter_bot: the memory keeps the newest 256 and all that is not below since_id")
{
    memory m = of_bot();
    for (int i = 100; i < 500; ++i)
        played(m, {mention(std::to_string(i))});
    CHECK(m.settled.size() == 256);
    CHECK(m.settled.back().mention == "499");

    memory waiting = of_bot();
    waiting.since_id = "1";
    for (int i = 0; i < 300; ++i)
        waiting.settled.emplace_back(std::to_string(100 + i), "", "");
    round r(waiting, {mention("2"), mention("100")});
    CHECK(waiting.settled.size() == 300);
    r.next("hi");
    r.settle("");
    CHECK(waiting.since_id == "100");
    CHECK(waiting.settled.size() == 300); // one came, one went
}

TEST_CASE("greeter_bot: a template may have {username} and no other braces")
{
    CHECK(message_for("{username}, hi {username}", "ada") == "ada, hi ada");
    CHECK(message_for("hi", "ada") == "hi");
    const std::string room(265, 'x');
    for (const auto& good :
        {std::string("hi"), std::string("@{username} } ok"), room + "{username}", room + room.substr(0, 15)})
        CHECK(template_fault(good).empty());
    for (const auto& bad :
        {std::string(), std::string(" \n"), std::string("{name}"), std::string("{username"), std::string("{}"),
            std::string("{{username}}"), room + "x{username}", std::string(281, 'x'), std::string("\xff")})
        CHECK_FALSE(template_fault(bad).empty());
}

TEST_CASE("greeter_bot: posts are as long as X counts them")
{
    CHECK(post_length("abc") == 3);
    CHECK(post_length("\u00e4\u043e\u2019\u2026") == 5); // an ellipsis counts 2
    CHECK(post_length("\u7f8e\u54b2") == 4);
    CHECK(post_length("\U0001f600") == 2);
}

TEST_CASE("greeter_bot: where a number does not fit the text stays unchanged")
{
    const std::string full(280, 'x');
    CHECK(distinct(full, {settled_mention("1", "", full)}) == full);
    CHECK(distinct("a", {settled_mention("1", "", "a (7)"), settled_mention("2", "", "a (x)")}) == "a (8)");
    CHECK(distinct("a", {settled_mention("1", "", "ab"), settled_mention("2", "", "")}) == "a");
}

TEST_CASE("greeter_bot: what a state file holds comes back")
{
    memory m = of_bot();
    m.since_id = "7";
    m.settled.emplace_back("7", "97", "hi \"ada\"");
    m.open = intention("8", "ada", "hi\n");
    const memory back = from_text(to_text(m));
    CHECK(to_text(back) == to_text(m));
    CHECK_FALSE(back.token);
    CHECK(to_text(from_text(to_text(memory()))) == to_text(memory()));
}

// As version 1 wrote it.
std::string old_state(const std::string& token)
{
    std::string text = to_text(of_bot());
    const std::string_view version = "\"version\":2";
    text.replace(
        text.find(version), version.size(), "\"version\":1,\"token\":" + token + ",\"token_secret\":\"token secret\"");
    return text;
}

TEST_CASE("greeter_bot: a state of version 1 gives its token up, and is written without")
{
    const memory old = from_text(old_state("\"token\""));
    REQUIRE(old.token);
    CHECK(old.token->secret().matches("token secret"));
    CHECK(old.token->extra("user_id") == "10");
    CHECK(to_text(old).find("token") == std::string::npos);
    CHECK_FALSE(from_text(old_state("null")).token);
    CHECK_THROWS_AS(from_text(old_state("\"a\\nb\"")), error);
    CHECK_THROWS_AS(from_text(old_state("7")), error);
}

TEST_CASE("greeter_bot: a damaged state is an error and is never used")
{
    memory m = of_bot();
    m.settled.emplace_back("7", "97", "hi");
    m.open = intention("8", "ada", "hi");
    const std::string good = to_text(m);
    for (std::size_t length = 0; length < good.size() - 2; ++length)
        CHECK_THROWS_AS(from_text(good.substr(0, length)), error);
    const auto broken = [&](std::string_view part, std::string_view by) {
        std::string text = good;
        text.replace(text.find(part), part.size(), by);
        CHECK_THROWS_AS(from_text(text), error);
    };
    broken("\"greeter_bot\"", "\"other\"");
    broken("\"version\":2", "\"version\":3");
    broken("\"version\":2", "\"version\":1"); // which had a token
    broken("\"10\"", "\"ten\"");
    broken("\"10\"", "10");
    broken("\"since_id\"", "\"sinceid\"");
    broken("\"since_id\":null", "\"since_id\":\"0\"");
    broken("\"mention\":\"7\"", "\"mention\":null");
    broken("\"answered\":[", "\"answered\":[1,");
    broken("\"intention\":{", "\"intention\":[],\"x\":{");
}

TEST_CASE("greeter_bot: what stdout says of a mention leaves out what is not known")
{
    CHECK(result_text(intention("5", "ada", "hi"), "answered", "9") == "answered @ada (mention 5, reply 9)\n");
    CHECK(result_text(intention("5", "ada", "hi"), "duplicate", "") == "duplicate @ada (mention 5)\n");
    CHECK(result_text(intention("5", "", ""), "skipped", "") == "skipped (mention 5)\n");
    CHECK(result_json(intention("5", "ada", "hi"), "answered", "9") ==
          R"({"mention":"5","username":"ada","reply":"9","outcome":"answered"})"
          "\n");
    CHECK(result_json(intention("5", "", ""), "skipped", "") ==
          R"({"mention":"5","username":null,"reply":null,"outcome":"skipped"})"
          "\n");
}

TEST_CASE("greeter_bot: a text that is too long says by how much and what to do")
{
    CHECK_FALSE(length_fault(std::string(280, 'x')));
    const auto fault = length_fault(std::string(281, 'x'));
    REQUIRE(fault);
    CHECK(fault->message() == "with this user name the greeting is too long: 281 of at most 280 characters");
    CHECK(fault->hint() == "give a shorter --message");
}

TEST_CASE("greeter_bot: ids are compared as numbers")
{
    CHECK(is_older("", "1"));
    CHECK(is_older("9", "10"));
    CHECK(is_older("10", "11"));
    CHECK_FALSE(is_older("10", "10"));
    CHECK_FALSE(is_older("10", "9"));
    CHECK_FALSE(is_older("", ""));
}
