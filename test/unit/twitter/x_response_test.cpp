#include "twitter/x_response.hpp"
#include "unit/twitter/odd_user.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::testing;

namespace {

x_response v1_1_user(std::string_view members)
{
    return read_x_response(api_version::v1_1, one_user, "{\"id\":1," + std::string(members) + '}', 1);
}

} // namespace

TEST_CASE("x_response: a text of any length, with an escape at any place, comes whole")
{
    for (const std::size_t length : {1U, 15U, 255U, 256U, 257U, 5'000U, 70'000U})
        for (const std::size_t escape : {std::size_t(0), length / 2, length - 1}) {
            std::string text(length, 'x');
            text[escape] = '/';
            std::string written = text;
            written.replace(escape, 1, "\\/");
            const auto response =
                v1_1_user("\"a\\/b\":\"" + written + "\",\"descr\\u0069ption\":\"" + written + "\",\"name\":\"n\"");
            REQUIRE(response.users.front().profile.description == text);
            CHECK(response.users.front().profile.name == "n");
        }
}

TEST_CASE("x_response: a text with an escape comes whole in a body of any size")
{
    for (std::size_t length = 1'900; length != 2'200; ++length) {
        const std::string text = std::string(length, 'x') + '/';
        const auto response = v1_1_user("\"description\":\"" + std::string(length, 'x') + "\\/\",\"name\":\"a\\/b\"");
        CHECK(response.users.front().profile.description == text);
        CHECK(response.users.front().profile.name == "a/b");
    }
}

TEST_CASE("x_response: a member counts in its own place only")
{
    const auto response = v1_1_user(
        R"("status":{"id":7,"id_str":"8","name":"other","url":"https://other/","user":{"id":9,"verified":true}},
           "urls":[{"expanded_url":"https://other/"}],"expanded_url":"https://other/","users":[{"id":3}],
           "entities":{"description":{"urls":[{"expanded_url":"https://other/"}]},"verified":true,
                       "url":{"id":4,"urls":[{"urls":[{"expanded_url":"https://other/"}]}]}},
           "list":[[{"id_str":"5"}],{"id_str":"6","name":"other"}],"name":"own")");
    REQUIRE(response.users.size() == 1);
    const listed_user& user = response.users.front();
    CHECK(user.profile.id == "1");
    CHECK(user.profile.name == "own");
    CHECK_FALSE(user.profile.url);
    CHECK_FALSE(user.profile.verified);
    CHECK(user.id_fault.empty());
}

TEST_CASE("x_response: of several links the first counts, and it must be an object")
{
    const auto link_of = [](const char* links) {
        const auto response =
            v1_1_user(std::string(R"("url":"https://short/","entities":{"url":{"urls":)") + links + "}}");
        return response.users.front().profile.url.value_or("");
    };
    CHECK(link_of(R"([{"expanded_url":"https://a/"},{"expanded_url":"https://b/"}])") == "https://a/");
    for (const char* first : {"null", "7", "true", "\"https://b/\"", "[]", "[{}]", "{}", R"({"expanded_url":null})",
             R"({"expanded_url":"https://a/","expanded_url":"https://a/"})"}) {
        CAPTURE(first);
        CHECK(link_of(('[' + std::string(first) + R"(,{"expanded_url":"https://b/"}])").c_str()) == "https://short/");
    }
}

TEST_CASE("x_response: a member named twice in one user does not affect the next")
{
    const auto response = read_x_response(api_version::v1_1, user_list,
        R"([{"id":1,"name":"A","name":"A","id_str":"1","url":"https://a/"},{"id":2,"name":"B"},{"id":3,"id":3},{"id":4}])",
        0);
    REQUIRE(response.users.size() == 4);
    CHECK(response.users[0].profile.name == "1");
    CHECK(response.users[1].profile.name == "B");
    CHECK_FALSE(response.users[1].profile.url);
    CHECK(response.users[2].id_fault == "named more than once");
    CHECK(response.users[3].id_fault.empty());
    CHECK(response.users[3].profile.id == "4");
}

TEST_CASE("x_response: a body that needs repair is read from its beginning")
{
    const auto response = read_x_response(
        api_version::v2, user_list, R"({"data":[{"id":"1"},{"id":"2","name":"\ud83d"}],"errors":[{}]})", 2);
    REQUIRE(response.users.size() == 2);
    CHECK(response.users[1].profile.name == "\xef\xbf\xbd");
    CHECK(response.problems.size() == 1);
}

TEST_CASE("x_response: texts with escapes stay apart")
{
    const auto user = [](const std::string& number) {
        return R"({"i\u0064":)" + number + R"(,"name":"N\u00e9)" + number + R"(","\u0073creen_name":"user\u005f)" +
               number + R"(","locati\u006fn":"a\/)" + number + R"(","description":"\t\/)" + number +
               R"(","profile_image_url_https":"https:\/\/p\/)" + number + R"(","url":"https:\/\/s\/)" + number +
               R"(","entities":{"url":{"urls":[{"expanded_url":"https:\/\/l\/)" + number + R"("}]}},"x":"\/\/"})";
    };
    const std::string body = '[' + user("1") + ',' + user("2") + ']';
    const auto response = read_x_response(api_version::v1_1, user_list, body);
    REQUIRE(response.users.size() == 2);
    for (const char* number : {"1", "2"}) {
        const profile& p = response.users.at(*number == '1' ? 0 : 1).profile;
        CHECK(p.id == number);
        CHECK(p.name == std::string("N\xc3\xa9") + number);
        CHECK(p.username == std::string("user_") + number);
        CHECK(p.location == std::string("a/") + number);
        CHECK(p.description == std::string(" /") + number);
        CHECK(p.picture == std::string("https://p/") + number);
        CHECK(p.url == std::string("https://l/") + number);
    }
}

TEST_CASE("x_response: nothing of a user or a tweet is left for the next")
{
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const bool v2 = api == api_version::v2;
        const auto read = [&](const subject& about, const std::string& list) {
            return read_x_response(api, about, v2 ? "{\"data\":" + list + '}' : list);
        };
        const auto users = read(user_list, '[' + user_writer(api, 1).user() + R"(,{"id":"2"}])").users;
        REQUIRE(users.size() == 2);
        CHECK(described(users[0].profile) == plain_user(1));
        CHECK(described(users[1].profile) ==
              std::map<std::string, std::string>{{"id", "2"}, {"username", ""}, {"name", "2"}});
        CHECK_FALSE(users[1].has_exact_username);

        const auto tweets = read(tweet_list, R"([{"id":"1","id_str":"1","text":"a","author_id":"7",
            "user":{"id":"7","screen_name":"ann"},"referenced_tweets":[{"type":"replied_to","id":"5"}],
            "created_at":"Tue Feb 20 14:35:54 +0000 2007","in_reply_to_status_id":5},
            {"id":"2","referenced_tweets":[{"type":"quoted","id":"6"}]}])")
                                .tweets;
        REQUIRE(tweets.size() == 2);
        CHECK(tweets[0].author_id == "7");
        CHECK(tweets[0].reply_to == "5");
        CHECK(tweets[1].id == "2");
        CHECK(tweets[1].text.empty());
        CHECK_FALSE(tweets[1].author_id);
        CHECK_FALSE(tweets[1].author_username);
        CHECK_FALSE(tweets[1].reply_to);
        CHECK_FALSE(tweets[1].created_at);
    }
}

TEST_CASE("x_response: the members of the body may come in any order")
{
    const auto response = read_x_response(api_version::v2, tweet_list,
        R"({"errors":[{"value":"9"}],"meta":{"next_token":"n","newest_id":"3"},"includes":{"users":[{"id":"7","username":"ann"}]},
            "data":[{"id":"1","author_id":"7"}]})");
    CHECK(response.problems.size() == 1);
    CHECK(response.next_page == "n");
    CHECK(response.newest_id == "3");
    REQUIRE(response.tweets.size() == 1);
    CHECK(response.tweets.front().author_username == "ann");
}

TEST_CASE("x_response: a response with more tweets or problems than any page has is refused")
{
    const auto refused = [](const std::string& member, const std::string& element, std::size_t count) {
        std::string list;
        for (std::size_t i = 0; i < count; ++i)
            list += (i == 0 ? "" : ",") + element;
        try {
            read_x_response(api_version::v2, tweet_list, "{\"" + member + "\":[" + list + "]}");
            return false;
        } catch (const error& e) {
            CHECK(e.reason() == errc::response_too_large);
            return true;
        }
    };
    CHECK_FALSE(refused("data", R"({"id":1})", 5'000));
    CHECK(refused("data", R"({"id":1})", 5'001));
    CHECK_FALSE(refused("errors", "{}", 5'000));
    CHECK(refused("errors", "{}", 5'001));
}
