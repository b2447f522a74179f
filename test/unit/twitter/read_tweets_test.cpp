#include "twitter/read_tweets.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;

namespace {

constexpr std::string_view v1_1_tweets = R"([
  {"id": 30, "id_str": "30", "full_text": "third", "created_at": "Tue Feb 20 14:35:54 +0000 2007",
   "user": {"id": 7, "id_str": "7", "screen_name": "Ann"}},
  {"id": 10, "id_str": "10", "text": "first", "user": {"id_str": "8", "screen_name": "bob"}}])";

constexpr std::string_view v2_tweets = R"({"data": [
  {"id": "30", "text": "third", "created_at": "2007-02-20T14:35:54.000Z", "author_id": "7"},
  {"id": "10", "text": "first", "author_id": "8"}],
  "includes": {"users": [{"id": "8", "username": "bob", "name": "B"}, {"id": "7", "username": "Ann", "name": "A"}]},
  "meta": {"result_count": 2, "newest_id": "30", "oldest_id": "10", "next_token": "7140w"}})";

template <class Read>
std::optional<errc> refused(Read read, api_version api, std::string_view body)
{
    try {
        read(api, body);
        return std::nullopt;
    } catch (const error& e) {
        return e.reason();
    }
}

} // namespace

TEST_CASE("both APIs give the same page of tweets")
{
    for (const auto& [api, body] : {std::pair(api_version::v1_1, v1_1_tweets), std::pair(api_version::v2, v2_tweets)}) {
        const auto& shown_body = body;
        CAPTURE(shown_body);
        const page<tweet> p = read_tweets(api, body);
        REQUIRE(p.items.size() == 2);
        CHECK(p.items[0].id == "30");
        CHECK(p.items[0].text == "third");
        CHECK(p.items[0].author_id == "7");
        CHECK(p.items[0].author_username == "Ann");
        REQUIRE(p.items[0].created_at);
        CHECK(p.items[0].created_at->time_since_epoch().count() == 1171982154);
        CHECK(p.items[1].id == "10");
        CHECK(p.items[1].text == "first");
        CHECK(p.items[1].author_username == "bob");
        CHECK_FALSE(p.items[1].created_at);
        CHECK(p.newest_id == "30");
        // API 1.1 goes on below the oldest tweet, API 2 with a token.
        CHECK(p.next == (api == api_version::v2 ? "7140w" : "9"));
    }
}

TEST_CASE("the newest and the oldest tweet are found by number, not by place or as text")
{
    const page<tweet> p = read_tweets(api_version::v1_1, R"([{"id":9,"text":""},{"id":9223372036854775807,"text":"b"},
        {"id":100,"text":"c"}])");
    CHECK(p.newest_id == "9223372036854775807");
    CHECK(p.next == "8");
    CHECK_FALSE(read_tweets(api_version::v1_1, R"([{"id":1,"text":"a"}])").next);
    CHECK(read_tweets(api_version::v1_1, R"([{"id":9007199254740993,"text":"a"}])").next == "9007199254740992");
}

TEST_CASE("an empty page is a page")
{
    for (const char* body : {R"({"meta":{"result_count":0}})", R"({"data":[],"meta":{"result_count":0}})"}) {
        const page<tweet> p = read_tweets(api_version::v2, body);
        CHECK(p.items.empty());
        CHECK_FALSE(p.next);
        CHECK_FALSE(p.newest_id);
        CHECK(read_followers(api_version::v2, body).items.empty());
    }
    const page<tweet> p = read_tweets(api_version::v1_1, "[]");
    CHECK(p.items.empty());
    CHECK_FALSE(p.next);
    CHECK(read_followers(api_version::v1_1, R"({"users":[],"next_cursor_str":"0"})").items.empty());
}

TEST_CASE("both APIs give the same page of followers")
{
    const page<profile> old = read_followers(api_version::v1_1,
        R"({"users":[{"id":1,"screen_name":"a","name":"A"},{"id":2,"screen_name":"b","name":"B"}],"next_cursor":15,"next_cursor_str":"15","previous_cursor_str":"0"})");
    const page<profile> now = read_followers(api_version::v2,
        R"({"data":[{"id":"1","username":"a","name":"A"},{"id":"2","username":"b","name":"B"}],"meta":{"result_count":2,"next_token":"15"}})");
    for (const auto* p : {&old, &now}) {
        REQUIRE(p->items.size() == 2);
        CHECK(p->items[0].username == "a");
        CHECK(p->items[1].id == "2");
        CHECK(p->next == "15");
        CHECK_FALSE(p->newest_id);
    }
}

TEST_CASE("the answer to a post and to a deletion")
{
    CHECK(
        read_tweet(api_version::v2, R"({"data":{"id":"5","text":"hello","edit_history_tweet_ids":["5"]}})").id == "5");
    CHECK(read_tweet(api_version::v1_1, R"({"id_str":"5","text":"hello","user":{"id_str":"7"}})").text == "hello");
    read_deletion(api_version::v2, R"({"data":{"deleted":true}})");
    read_deletion(api_version::v1_1, R"({"id_str":"5","text":"hello"})");
    CHECK(refused(read_deletion, api_version::v2, R"({"data":{"deleted":false}})") == errc::provider_error);
    CHECK(refused(read_deletion, api_version::v2, R"({"data":{"deleted":"yes"}})") == errc::malformed_response);
    CHECK(refused(read_deletion, api_version::v1_1, "gone") == errc::malformed_response);
}

TEST_CASE("tweets that are none are refused")
{
    for (const char* bad :
        {R"({})", R"({"data":{}})", R"({"data":[1]})", R"({"data":[{"id":"1"}]})", R"({"data":[{"text":"a"}]})",
            R"({"data":[{"id":"1","text":5}]})", R"({"data":[{"id":"1","text":"a","author_id":"x"}]})",
            R"({"data":[],"includes":[]})", R"({"data":[],"includes":{"users":[{"id":"1","username":"a b"}]}})",
            R"({"data":[],"meta":[]})", R"({"data":[],"meta":{"next_token":5}})", R"([])"})
        CHECK_MESSAGE(refused(read_tweets, api_version::v2, bad) == errc::malformed_response, bad);
    for (const char* bad :
        {R"({})", R"([1])", R"([{"id":1.5,"text":"a"}])", R"([{"id":1}])", R"([{"id":1,"text":null}])",
            R"([{"id":1,"text":"a","user":5}])", R"([{"id":1,"text":"a","user":{"id":1,"screen_name":"a b"}}])"})
        CHECK_MESSAGE(refused(read_tweets, api_version::v1_1, bad) == errc::malformed_response, bad);
    for (const char* bad : {R"({})", R"([])", R"({"users":{}})", R"({"users":[1]})"})
        CHECK_MESSAGE(refused(read_followers, api_version::v1_1, bad) == errc::malformed_response, bad);
}

TEST_CASE("a page cut short at any byte is refused")
{
    for (const auto& [api, body] : {std::pair(api_version::v1_1, v1_1_tweets), std::pair(api_version::v2, v2_tweets)})
        for (std::size_t length = 0; length < body.size(); ++length)
            REQUIRE(refused(read_tweets, api, body.substr(0, length)) == errc::malformed_response);
}
