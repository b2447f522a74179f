#include "greeter_bot/memory.hpp"
#include "greeter_bot/message.hpp"
#include "greeter_bot/round.hpp"
#include "greeter_bot/timelines.hpp"
#include "greeter_bot/verdict.hpp"
#include "twitter/read_error.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace greeter_bot;
using coauth::errc;
using coauth::error;
using coauth::twitter::tweet;

namespace {

tweet mention(std::string id, std::string author = "20", std::string username = "ada")
{
    tweet t;
    t.id = std::move(id);
    t.author_id = std::move(author);
    t.author_username = std::move(username);
    return t;
}

memory of_bot()
{
    memory m;
    m.provider = "https://example.com";
    m.user_id = "10";
    m.username = "bot";
    return m;
}

// What the client throws for a post that was refused with this body.
error refused_post(int status, std::string body)
{
    coauth::http::response refusal;
    refusal.status = status;
    refusal.body = std::move(body);
    coauth::twitter::circumstances circumstances;
    circumstances.writes = true;
    return coauth::twitter::read_error(refusal, circumstances);
}

// Plays a round to its end and tells the mentions in the order they were answered.
std::string played(memory& m, std::vector<tweet> mentions)
{
    round r(m, std::move(mentions));
    std::string order;
    while (const auto what = r.next("hi {username}")) {
        order += what->mention + ' ';
        r.settle("9" + what->mention);
    }
    return order;
}

} // namespace

TEST_CASE("the oldest mention is answered first and each once")
{
    memory m = of_bot();
    CHECK(played(m, {mention("1000"), mention("30"), mention("200"), mention("30")}) == "30 200 1000 ");
    CHECK(m.since_id == "1000");
    CHECK(played(m, {mention("1000"), mention("30"), mention("1001")}) == "1001 ");
    CHECK(played(m, {}).empty());
}

TEST_CASE("the bot does not answer itself and passes its own posts by")
{
    memory m = of_bot();
    CHECK(played(m, {mention("5", "10"), mention("6")}) == "6 ");
    CHECK(played(m, {mention("7", "10")}).empty());
    CHECK(m.since_id == "7");
}

TEST_CASE("since_id does not pass what is not settled")
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

TEST_CASE("greeter_bot: since_id does not pass a mention that was put off, whatever the provider calls newest")
{
    memory m = of_bot();
    round r(m, {mention("10"), mention("20")}, "30");
    r.next("hi");
    r.put_off();
    r.next("hi");
    r.settle("101");
    CHECK(m.since_id.empty());
    round again(m, {mention("10")}, "30");
    CHECK(again.next("hi")->mention == "10");
    again.settle("102");
    CHECK(m.since_id == "30");
}

TEST_CASE("what was open comes first with the same words, and one that shows up late is not lost")
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

TEST_CASE("an open one whose mention is gone is still settled first")
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

TEST_CASE("the same person is greeted in other words, and nobody else is")
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

TEST_CASE("the memory keeps the newest 256 and all that is not below since_id")
{
    memory m = of_bot();
    for (int i = 100; i < 500; ++i)
        played(m, {mention(std::to_string(i))});
    CHECK(m.answered.size() == 256);
    CHECK(m.answered.back().mention == "499");

    memory waiting = of_bot();
    waiting.since_id = "1";
    for (int i = 0; i < 300; ++i)
        waiting.answered.emplace_back(std::to_string(100 + i), "", "");
    round r(waiting, {mention("2"), mention("100")});
    CHECK(waiting.answered.size() == 300);
    r.next("hi");
    r.settle("");
    CHECK(waiting.since_id == "100");
    CHECK(waiting.answered.size() == 300); // one came, one went
}

TEST_CASE("templates")
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

TEST_CASE("posts are as long as X counts them")
{
    CHECK(post_length("abc") == 3);
    CHECK(post_length("\u00e4\u043e\u2019\u2026") == 5); // an ellipsis counts 2
    CHECK(post_length("\u7f8e\u54b2") == 4);
    CHECK(post_length("\U0001f600") == 2);
}

TEST_CASE("where there is no room for a number the text stays as it is")
{
    const std::string full(280, 'x');
    CHECK(distinct(full, {settled_mention("1", "", full)}) == full);
    CHECK(distinct("a", {settled_mention("1", "", "a (7)"), settled_mention("2", "", "a (x)")}) == "a (8)");
    CHECK(distinct("a", {settled_mention("1", "", "ab"), settled_mention("2", "", "")}) == "a");
}

TEST_CASE("what a state file holds comes back")
{
    memory m = of_bot();
    m.since_id = "7";
    m.answered.emplace_back("7", "97", "hi \"ada\"");
    m.open = intention("8", "ada", "hi\n");
    coauth::oauth1::parameters extra;
    m.token.emplace("token", coauth::secret("token secret"), extra);
    const memory back = from_text(to_text(m));
    CHECK(to_text(back) == to_text(m));
    CHECK(back.token->secret().matches("token secret"));
    CHECK(back.token->extra("user_id") == "10");
    CHECK(to_text(from_text(to_text(memory()))) == to_text(memory()));
}

TEST_CASE("a damaged state is an error and never a memory")
{
    memory m = of_bot();
    m.answered.emplace_back("7", "97", "hi");
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
    broken("\"version\":1", "\"version\":2");
    broken("\"10\"", "\"ten\"");
    broken("\"10\"", "10");
    broken("\"since_id\"", "\"sinceid\"");
    broken("\"since_id\":null", "\"since_id\":\"0\"");
    broken("\"mention\":\"7\"", "\"mention\":null");
    broken("\"answered\":[", "\"answered\":[1,");
    broken("\"intention\":{", "\"intention\":[],\"x\":{");
    broken("\"token\":null", "\"token\":\"a\\nb\"");
}

TEST_CASE("greeter_bot: of all the provider's codes only those about the mention skip it")
{
    const std::map<int, verdict> known = {{187, verdict::done}, {136, verdict::skip}, {144, verdict::skip},
        {179, verdict::skip}, {385, verdict::skip}, {421, verdict::skip}, {422, verdict::skip}, {425, verdict::skip},
        {433, verdict::skip}, {88, verdict::wait}, {185, verdict::later}, {226, verdict::later}, {344, verdict::later},
        {130, verdict::later}, {131, verdict::later}, {64, verdict::stop}, {87, verdict::stop}, {89, verdict::stop},
        {220, verdict::stop}, {231, verdict::stop}, {261, verdict::stop}, {326, verdict::stop}, {453, verdict::stop},
        {186, verdict::put_off}, {34, verdict::put_off}, {161, verdict::put_off}, {9999, verdict::put_off}};
    for (int code = 0; code < 10'000; ++code)
        for (const int status : {403, 404}) {
            CAPTURE(code);
            const std::string body = R"({"errors":[{"code":)" + std::to_string(code) + R"(,"message":"words"}]})";
            const verdict judged = judge_reply(refused_post(status, body));
            const auto row = known.find(code);
            if (row != known.end())
                CHECK(judged == row->second);
            else if (judged == verdict::skip || judged == verdict::done)
                FAIL_CHECK("a mention would be lost");
        }
}

TEST_CASE("greeter_bot: of the provider's words only those about the mention skip it")
{
    struct row {
        int status;
        const char* words;
        verdict expected;
    };
    const row table[] = {
        {403, "You attempted to reply to a Tweet that is deleted or not visible to you.", verdict::skip},
        {403, "You attempted to reply to a Post that is deleted or not visible to you.", verdict::skip},
        {404, "Could not find tweet with id: [20].", verdict::skip},
        {404, "Not Found Error", verdict::skip},
        {403, "Sorry, you are not authorized to see the Tweet with id: [20].", verdict::skip},
        {403, "Authorization Error", verdict::skip},
        {403, "This Post is no longer available.", verdict::skip},
        {403, "You have been blocked from the author's account from performing this action.", verdict::skip},
        {403, "This user has blocked you", verdict::skip},
        {403, "Reply to this conversation is not allowed because you have not been mentioned", verdict::skip},
        {403, "The original Tweet author restricted who can reply to this Tweet.", verdict::skip},
        {403, "You are not allowed to create a Tweet with duplicate content.", verdict::done},
        {403, "Your account is locked for duplicate content", verdict::stop},
        {403, "User has been suspended: [11].", verdict::stop},
        {403, "Your account is suspended and is not permitted to access this feature.", verdict::stop},
        {403, "To protect our users from spam, this account is temporarily locked.", verdict::stop},
        {403, "Your app may not reply to this post", verdict::put_off},
        {403, "You are not permitted to perform this action.", verdict::put_off},
        {403, "You have been blocked", verdict::put_off},
        {403, "Forbidden", verdict::put_off},
        {403, "", verdict::put_off},
        {404, "Not Found", verdict::put_off},
        {403, "This endpoint is no longer available", verdict::put_off},
        {403, "Your Tweet text is too long.", verdict::put_off},
        {400, "One or more parameters to your request was invalid.", verdict::put_off},
        {403, "This request looks like it might be automated.", verdict::later},
        {403, "You have reached your daily limit for posts", verdict::later},
        {429, "You are over the daily limit for posts", verdict::later},
        {429, "Too Many Requests", verdict::wait},
        {401, "Unauthorized", verdict::stop},
        {403, "Your client app is not configured with the appropriate oauth1 app permissions", verdict::stop},
        {503, "Over capacity", verdict::later},
    };
    for (const row& r : table) {
        CAPTURE(r.words);
        const std::string text = R"("title":"T","detail":")" + std::string(r.words) + '"';
        CHECK(judge_reply(refused_post(r.status, '{' + text + R"(,"type":"about:blank"})")) == r.expected);
    }
    CHECK(judge_reply(refused_post(403, "<html><title>Forbidden</title></html>")) == verdict::put_off);
    CHECK(judge_reply(refused_post(404, "<html><title>Not Found</title></html>")) == verdict::put_off);
}

TEST_CASE("greeter_bot: a mention that is neither listed nor found is gone, and of others nothing is put off")
{
    CHECK(judge_reply(error(errc::not_found), false) == verdict::skip);
    CHECK(judge_reply(error(errc::forbidden), false) == verdict::later);
    CHECK(judge_reply(error(errc::provider_error), false) == verdict::later);
    CHECK(judge_reply(error(errc::token_revoked), false) == verdict::stop);
}

TEST_CASE("greeter_bot: what follows from an error without the provider's words")
{
    CHECK(judge_reply(error(errc::duplicate)) == verdict::done);
    for (const errc code : {errc::not_found, errc::forbidden, errc::provider_error})
        CHECK(judge_reply(error(code)) == verdict::put_off);
    CHECK(judge_reply(error(errc::rate_limited)) == verdict::wait);
    CHECK(judge_reply(error(errc::rate_limited).with_retry_after(std::chrono::seconds(900))) == verdict::wait);
    CHECK(judge_reply(error(errc::rate_limited).with_retry_after(std::chrono::hours(2))) == verdict::later);
    for (const errc code : {errc::timeout, errc::connection_lost, errc::malformed_response, errc::response_too_large,
             errc::provider_unavailable, errc::connect_failed, errc::resolve_failed})
        CHECK(judge_reply(error(code)) == verdict::later);
    for (const errc code :
        {errc::token_revoked, errc::access_level, errc::suspended, errc::account_locked, errc::invalid_credentials,
            errc::cancelled, errc::store_unavailable, errc::clock_skew, errc::tls_failed, errc::invalid_argument})
        CHECK(judge_reply(error(code)) == verdict::stop);
    for (const errc code : {errc::duplicate, errc::not_found, errc::forbidden})
        CHECK(judge_question(error(code)) == verdict::stop);
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
