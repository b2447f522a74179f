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

TEST_CASE("read_tweets: both APIs give the same page of tweets")
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

TEST_CASE("read_tweets: the newest and the oldest tweet are found by number, not by place or as text")
{
    const page<tweet> p = read_tweets(api_version::v1_1, R"([{"id":9,"text":""},{"id":9223372036854775807,"text":"b"},
        {"id":100,"text":"c"}])");
    CHECK(p.newest_id == "9223372036854775807");
    CHECK(p.next == "8");
    CHECK_FALSE(read_tweets(api_version::v1_1, R"([{"id":1,"text":"a"}])").next);
    CHECK(read_tweets(api_version::v1_1, R"([{"id":9007199254740993,"text":"a"}])").next == "9007199254740992");
}

TEST_CASE("read_tweets: an empty page is a page")
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

TEST_CASE("read_tweets: both APIs give the same page of followers")
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

TEST_CASE("read_tweets: the response to a post and to a deletion is read")
{
    CHECK(
        read_tweet(api_version::v2, R"({"data":{"id":"5","text":"hello","edit_history_tweet_ids":["5"]}})").id == "5");
    CHECK(read_tweet(api_version::v1_1, R"({"id_str":"5","text":"hello","user":{"id_str":"7"}})").text == "hello");
    read_deletion(api_version::v2, R"({"data":{"deleted":true}})");
    read_deletion(api_version::v1_1, R"({"id_str":"5","text":"hello"})");
    CHECK(refused(read_deletion, api_version::v2, R"({"data":{"deleted":false}})") == errc::provider_error);
    CHECK(refused(read_deletion, api_version::v2, R"({"data":{"deleted":"yes"}})") == errc::malformed_response);
    CHECK(refused(read_deletion, api_version::v2, R"({"data":{}})") == errc::malformed_response);
    CHECK(refused(read_deletion, api_version::v1_1, "gone") == errc::malformed_response);
}

TEST_CASE("read_tweets: what is not a page is refused")
{
    for (const char* bad :
        {R"({})", R"({"data":{}})", R"({"data":[],"data":[]})", R"({"data":[],"meta":[]})",
            R"({"data":[],"meta":{"next_token":5}})", R"({"data":[],"meta":{"next_token":"a\u0000"}})",
            R"({"data":[],"meta":{"next_token":"\ud83d"}})",
            R"({"data":[],"meta":{"next_token":"a","next_token":"b"}})", R"({"data":[],"meta":{},"meta":{}})", R"([])"})
        CHECK_MESSAGE(refused(read_tweets, api_version::v2, bad) == errc::malformed_response, bad);
    CHECK(refused(read_tweets, api_version::v1_1, "{}") == errc::malformed_response);
    for (const char* bad :
        {R"({})", R"([])", R"({"users":{}})", R"({"users":[],"users":[]})", R"({"users":[],"next_cursor_str":5})"})
        CHECK_MESSAGE(refused(read_followers, api_version::v1_1, bad) == errc::malformed_response, bad);
    for (const char* bad : {R"({"data":{"text":"a"}})", R"({"data":[]})", R"({"data":{"id":"5","id":"5"}})"})
        CHECK_MESSAGE(refused(read_tweet, api_version::v2, bad) == errc::malformed_response, bad);
}

TEST_CASE("read_tweets: a tweet whose id cannot be read is left out, and the page goes on")
{
    for (const char* odd : {"7", "null", "[]", "\"30\"", "{}", R"({"text":"no id"})", R"({"id":30.5,"text":"a"})",
             R"({"id":"30","id":"30","text":"a"})", R"({"id":"030","text":"a"})", R"({"id":"\ud83d","text":"a"})"}) {
        CAPTURE(odd);
        const std::string list =
            R"([{"id":"20","text":"second"},)" + std::string(odd) + R"(,{"id":"10","text":"first"}])";
        const page<tweet> old = read_tweets(api_version::v1_1, list);
        const page<tweet> now =
            read_tweets(api_version::v2, "{\"data\":" + list + R"(,"meta":{"newest_id":"30","next_token":"more"}})");
        for (const auto* p : {&old, &now}) {
            REQUIRE(p->items.size() == 2);
            CHECK(p->items[0].text == "second");
            CHECK(p->items[1].text == "first");
        }
        CHECK(old.newest_id == "20");
        CHECK(old.next == "9");
        CHECK(now.newest_id == "30"); // so that since_id passes what was left out
        CHECK(now.next == "more");
    }
    // What `meta` says counts for nothing else.
    CHECK(read_tweets(api_version::v2, R"({"data":[{"id":"20","text":""}],"meta":{"newest_id":"99"}})").newest_id ==
          "20");
    CHECK(read_tweets(api_version::v2, R"({"data":[7],"meta":{"newest_id":"99"}})").newest_id == "99");
    CHECK(read_tweets(api_version::v2, R"({"data":[{"id":"20"},7],"meta":{"newest_id":"9"}})").newest_id == "20");
    CHECK_FALSE(read_tweets(api_version::v2, R"({"data":[7],"meta":{"newest_id":"x"}})").newest_id);
    CHECK_FALSE(read_tweets(api_version::v2, R"({"data":[7]})").newest_id);
    CHECK(read_tweets(api_version::v1_1, "[7]").items.empty());
    CHECK_FALSE(read_tweets(api_version::v1_1, "[7]").next);
}

TEST_CASE("read_tweets: a tweet's member in an odd shape costs that member only, in both APIs")
{
    const auto page_with = [](api_version api, const std::string& name, const std::string& member) {
        const auto own = [&](const char* n, const char* value) {
            return n == name ? member : '"' + std::string(n) + "\":" + value;
        };
        if (api == api_version::v1_1)
            return "[{" + own("id_str", "\"20\"") + ',' + own("full_text", "\"hi\"") + ',' +
                   own("created_at", "\"Tue Feb 20 14:35:54 +0000 2007\"") + ',' +
                   own("in_reply_to_status_id_str", "\"5\"") + ',' +
                   own("user", R"({"id_str":"7","screen_name":"ann"})") +
                   "},{\"id_str\":\"10\",\"text\":\"other\",\"user\":{\"id_str\":\"8\",\"screen_name\":\"bob\"}}]";
        return "{\"data\":[{" + own("id", "\"20\"") + ',' + own("text", "\"hi\"") + ',' +
               own("created_at", "\"2007-02-20T14:35:54.000Z\"") + ',' +
               own("referenced_tweets", R"([{"type":"replied_to","id":"5"}])") + ',' + own("author_id", "\"7\"") +
               R"(},{"id":"10","text":"other","author_id":"8"}],"includes":{"users":[)" +
               R"({"id":"8","username":"bob"},{"id":"7","username":"ann"}]}})";
    };
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const bool v2 = api == api_version::v2;
        const auto read = [&](const std::string& name, const std::string& value, bool repeated = false) {
            const std::string named = '"' + name + "\":";
            const page<tweet> p =
                read_tweets(api, page_with(api, name, (repeated ? named + "null," : "") + named + value));
            REQUIRE(p.items.size() == 2);
            CHECK(p.newest_id == "20");
            CHECK(p.items[0].id == "20");
            CHECK(p.items[1].text == "other");
            CHECK(p.items[1].author_username == "bob");
            return p.items[0];
        };
        const tweet usual = read("nothing", "0");
        CHECK(usual.text == "hi");
        CHECK(usual.author_id == "7");
        CHECK(usual.author_username == "ann");
        CHECK(usual.reply_to == "5");
        CHECK(usual.created_at);

        const std::string text = v2 ? "text" : "full_text";
        CHECK(read(text, R"("one\n\u0000two\r\n\u001b[2J\ud83d")").text == "one\ntwo\r\n[2J\xef\xbf\xbd");
        CHECK(read(text, R"("\ud83d\ude00")").text == "\xf0\x9f\x98\x80");
        CHECK(read(text, "\"\xff\x01\"").text == "\xef\xbf\xbd");
        const std::string replies = v2 ? "referenced_tweets" : "in_reply_to_status_id_str";
        for (const char* odd : {"null", "7.5", "-1", "true", "{}", "[]", "[[7]]", "\"\"", "\"x\"", R"("\ud83d")",
                 R"([{"type":"replied_to"}])", R"([{"type":7,"id":"5"},"x"])", R"([{"type":"quoted","id":"5"}])",
                 R"([{"type":"replied_to"},{"type":"replied_to","id":"6"}])",
                 R"([{"type":"replied_to","id":null},{"type":"replied_to","id":"6"}])",
                 R"([{"type":"replied_to","id":1.5},{"type":"replied_to","id":"6"}])", R"({"id":"x"})"}) {
            CAPTURE(odd);
            if (odd[0] != '"')
                CHECK(read(text, odd).text.empty());
            CHECK_FALSE(read("created_at", odd).created_at);
            CHECK_FALSE(read(replies, odd).reply_to);
            const tweet t = read(v2 ? "author_id" : "user", odd);
            CHECK_FALSE(t.author_id);
            CHECK_FALSE(t.author_username);
            CHECK(t.text == "hi");
        }
        for (const std::string& name : {text, std::string("created_at"), replies}) {
            const tweet t = read(name, "\"5\"", true);
            CHECK((t.text.empty() || !t.created_at || !t.reply_to));
        }
        CHECK_FALSE(read(v2 ? "author_id" : "user", "\"7\"", true).author_id);
    }
}

TEST_CASE("read_tweets: an author's name is the exact one or none")
{
    struct row {
        const char* name;
        const char* read; // null: none
    };
    const row table[] = {
        {"\"sixteen_letters_\"", "sixteen_letters_"}, {"\"twenty_letters_name_\"", "twenty_letters_name_"},
        {"\"a b\"", nullptr}, {R"("ann\u0000")", nullptr}, {R"("ann\ud83d")", nullptr}, {"\"\"", nullptr},
        {"7", nullptr}, {"null", nullptr}, {"{}", nullptr},
        {R"("ann","username":"ann","screen_name":"ann")", nullptr}, // named twice
    };
    for (const row& r : table) {
        CAPTURE(r.name);
        const std::string name = r.name;
        const page<tweet> old =
            read_tweets(api_version::v1_1, R"([{"id":2,"text":"a","user":{"id":7,"screen_name":)" + name + "}}]");
        const page<tweet> now = read_tweets(api_version::v2,
            R"({"data":[{"id":"2","text":"a","author_id":"7"}],"includes":{"users":[7,{"id":"x","username":"b"},{"id":"7","username":)" +
                name + "}]}}");
        for (const auto* p : {&old, &now}) {
            CHECK(p->items.at(0).author_id == "7");
            CHECK(p->items.at(0).author_username == (r.read ? std::optional<std::string>(r.read) : std::nullopt));
        }
    }
    for (const char* includes :
        {"[]", "7", "null", R"({"users":{}})", R"({"users":7})", R"({"users":[],"users":[]})"}) {
        const page<tweet> p = read_tweets(api_version::v2,
            R"({"data":[{"id":"2","text":"a","author_id":"7"}],"includes":)" + std::string(includes) + '}');
        CHECK_MESSAGE(p.items.at(0).author_id == "7", includes);
    }
}

TEST_CASE("read_followers: one whose id cannot be read is left out, and an odd one is repaired")
{
    const page<profile> old = read_followers(api_version::v1_1,
        R"({"users":[{"id":1,"screen_name":"twenty_letters_name_","name":"\ud83d"},7,{"screen_name":"a"},
            {"id":2,"id":2},{"id":3,"followers_count":-1}],"next_cursor_str":"15"})");
    const page<profile> now = read_followers(api_version::v2,
        R"({"data":[{"id":"1","username":"twenty_letters_name_","name":"\ud83d"},7,{"username":"a"},
            {"id":"2","id":"2"},{"id":"3","public_metrics":[]}],"meta":{"next_token":"15"}})");
    for (const auto* p : {&old, &now}) {
        REQUIRE(p->items.size() == 2);
        CHECK(p->items[0].username == "twenty_letters_name_");
        CHECK(p->items[0].name == "\xef\xbf\xbd");
        CHECK(p->items[1].id == "3");
        CHECK(p->items[1].name == "3");
        CHECK(p->next == "15");
    }
}

TEST_CASE("read_tweets: a page cut short at any byte is refused")
{
    for (const auto& [api, body] : {std::pair(api_version::v1_1, v1_1_tweets), std::pair(api_version::v2, v2_tweets)})
        for (std::size_t length = 0; length < body.size(); ++length)
            REQUIRE(refused(read_tweets, api, body.substr(0, length)) == errc::malformed_response);
}
