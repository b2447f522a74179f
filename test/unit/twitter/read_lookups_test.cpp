#include "twitter/read_lookups.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;

namespace {

std::string problem(const char* value, const char* title, const char* detail, const char* type = "resource-not-found")
{
    return std::string(R"({"value":")") + value + R"(","title":")" + title + R"(","detail":")" + detail +
           R"(","resource_type":"user","parameter":"usernames","type":"https://api.twitter.com/2/problems/)" + type +
           "\"}";
}

} // namespace

TEST_CASE("read_lookups: users are matched by name without case, in any order")
{
    const std::vector<user_ref> users{"Ann", "bob", "missing", "carl", "bob"};
    const lookups old = read_lookups(api_version::v1_1, users,
        R"([{"id":3,"screen_name":"Carl","name":"C"},
            {"id":2,"screen_name":"BOB","name":"B"},{"id":1,"screen_name":"ann","name":"A"}])");
    const lookups now = read_lookups(api_version::v2, users,
        R"({"data":[{"id":"3","username":"Carl","name":"C"},
            {"id":"2","username":"BOB","name":"B"},{"id":"1","username":"ann","name":"A"}]})");
    for (const lookups* l : {&old, &now}) {
        REQUIRE(l->outcomes.size() == 5);
        const char* ids[] = {"1", "2", nullptr, "3", "2"};
        for (std::size_t i = 0; i < 5; ++i) {
            CHECK(l->outcomes[i].asked.text() == users[i].text());
            CHECK(l->outcomes[i].profile.has_value() == (ids[i] != nullptr));
            CHECK((l->outcomes[i].outcome == lookup_outcome::found) == (ids[i] != nullptr));
            if (ids[i])
                CHECK(l->outcomes[i].profile->id == ids[i]);
        }
        CHECK(l->outcomes[2].outcome == lookup_outcome::not_found);
    }
}

// "an" and "c0" have one hash: 31 x 'a' + 'n' is 31 x 'c' + '0'.
TEST_CASE("read_lookups: of users whose names have one hash each gets its own")
{
    const std::vector<user_ref> users{"c0", "An", "xan", "XC0"};
    const lookups l = read_lookups(api_version::v2, users,
        R"({"data":[{"id":"1","username":"aN","name":"A"},{"id":"3","username":"xan","name":"X"}]})");
    CHECK(l.outcomes[0].outcome == lookup_outcome::not_found);
    REQUIRE(l.outcomes[1].profile.has_value());
    CHECK(l.outcomes[1].profile->id == "1");
    REQUIRE(l.outcomes[2].profile.has_value());
    CHECK(l.outcomes[2].profile->id == "3");
    CHECK(l.outcomes[3].outcome == lookup_outcome::not_found);
}

TEST_CASE("read_lookups: users are matched by id, and a name of digits is not an id")
{
    const std::vector<user_ref> users{user_ref::id("20"), user_ref::id("12"), user_ref::id("9007199254740993")};
    const char* body =
        R"({"data":[{"id":"9007199254740993","username":"big","name":"B"},{"id":"7","username":"20","name":"N"},
                                   {"id":"12","username":"jack","name":"J"}]})";
    const lookups l = read_lookups(api_version::v2, users, body);
    CHECK(l.outcomes[0].outcome == lookup_outcome::failed); // id 7 was not asked for
    CHECK(l.outcomes[1].profile->username == "jack");
    CHECK(l.outcomes[2].profile->username == "big");
    const std::vector<user_ref> named{"20", "12"};
    const lookups by_name = read_lookups(api_version::v2, named, body);
    CHECK(by_name.outcomes[0].profile->id == "7");
    CHECK(by_name.outcomes[1].outcome == lookup_outcome::failed);
    const lookups digits = read_lookups(api_version::v2, {user_ref::id("7"), user_ref::id("20")},
        R"({"data":[{"id":"7","username":"20","name":"N"}]})");
    CHECK(digits.outcomes[0].profile->username == "20");
    CHECK(digits.outcomes[1].outcome == lookup_outcome::not_found);
}

TEST_CASE("read_lookups: API 2's problems beside the data are outcomes of their own")
{
    const std::vector<user_ref> users{"found", "Gone", "banned", "hidden", "odd", "shy", "silent"};
    const std::string body = R"({"data":[{"id":"1","username":"found","name":"F"}],"errors":[)" +
                             problem("banned", "Forbidden", "User has been suspended: [banned].") + "," +
                             problem("gone", "Not Found Error", "Could not find user with usernames: [gone].") + "," +
                             problem("hidden", "Authorization Error", "not authorized", "not-authorized-for-resource") +
                             "," + problem("shy", "Forbidden", "no") + "," +
                             problem("odd", "New", "what", "brand-new") + "," +
                             problem("absent", "Not Found Error", "not asked for") + "]}";
    const lookups l = read_lookups(api_version::v2, users, body);
    const lookup_outcome expected[] = {lookup_outcome::found, lookup_outcome::not_found, lookup_outcome::suspended,
        lookup_outcome::forbidden, lookup_outcome::failed, lookup_outcome::forbidden, lookup_outcome::not_found};
    REQUIRE(l.outcomes.size() == users.size());
    for (std::size_t i = 0; i < users.size(); ++i) {
        CAPTURE(users[i].text());
        CHECK(l.outcomes[i].outcome == expected[i]);
    }
}

TEST_CASE("read_lookups: a response of nothing but problems gives outcomes too")
{
    const lookups l =
        read_lookups(api_version::v2, {"a1"}, R"({"errors":[)" + problem("a1", "Not Found Error", "no") + "]}");
    CHECK(l.outcomes.at(0).outcome == lookup_outcome::not_found);
    // A name that is a word of some refusals.
    for (const char* name : {"signature", "timestamp", "oauth_callback"}) {
        const std::string words = "User has been suspended: [" + std::string(name) + "].";
        const lookups named =
            read_lookups(api_version::v2, {name}, R"({"errors":[)" + problem(name, "Forbidden", words.c_str()) + "]}");
        CHECK(named.outcomes.at(0).outcome == lookup_outcome::suspended);
    }
    // A problem that carries its name in `resource_id` only.
    const lookups other = read_lookups(api_version::v2, {user_ref::id("1")},
        R"({"errors":[{"resource_id":"1","title":"Forbidden","detail":"User has been suspended: [1].","type":"https://api.x.com/2/problems/resource-not-found"}]})");
    CHECK(other.outcomes.at(0).outcome == lookup_outcome::suspended);
}

TEST_CASE("read_lookups: a problem about something else does not affect the users asked for")
{
    const std::string pinned =
        R"({"errors":[{"value":"77","resource_id":"77","title":"Not Found Error","detail":"Could not find tweet with pinned_tweet_id: [77].","type":"https://api.x.com/2/problems/resource-not-found"}]})";
    CHECK_THROWS_AS(read_lookups(api_version::v2, {"a1", "b2"}, pinned), error);
    const lookups own = read_lookups(api_version::v2, {"a1", "77"}, pinned);
    CHECK(own.outcomes.at(1).outcome == lookup_outcome::not_found);
}

TEST_CASE("read_lookups: a failure is in_response only where the response names the user")
{
    const lookups l = read_lookups(api_version::v1_1, {"ann", "bob"},
        R"([{"id":"x","screen_name":"!","name":"odd"},{"id":1,"screen_name":"ann","name":"A"}])");
    CHECK(l.outcomes.at(0).outcome == lookup_outcome::found);
    CHECK(l.outcomes.at(0).in_response);
    CHECK(l.outcomes.at(1).outcome == lookup_outcome::failed);
    CHECK_FALSE(l.outcomes.at(1).in_response);
    const lookups named = read_lookups(api_version::v1_1, {"ann", "bob"},
        R"([{"id":"x","screen_name":"bob","name":"odd"},{"id":1,"screen_name":"ann","name":"A"}])");
    CHECK(named.outcomes.at(1).outcome == lookup_outcome::failed);
    CHECK(named.outcomes.at(1).in_response);
    const lookups missing =
        read_lookups(api_version::v1_1, {"ann", "bob"}, R"([{"id":1,"screen_name":"ann","name":"A"}])");
    CHECK(missing.outcomes.at(1).outcome == lookup_outcome::not_found);
    CHECK(missing.outcomes.at(1).in_response);
}

TEST_CASE("read_lookups: the first of two entries about one user counts, and a user is found once by each name")
{
    const lookups l = read_lookups(api_version::v1_1, {user_ref::id("1")},
        R"([{"id":1,"screen_name":"first","name":"F"},{"id":1,"screen_name":"second","name":"S"}])");
    CHECK(l.outcomes.at(0).profile->username == "first");
}

TEST_CASE("read_lookups: what is not a response to a lookup is refused")
{
    for (const char* bad : {"", "{}", "[]", R"({"data":{}})", R"({"data":[],"data":[]})", R"({"errors":[]})",
             R"({"errors":[1]})", R"({"errors":{}})", "<html>"}) {
        CAPTURE(bad);
        try {
            read_lookups(api_version::v2, {"a"}, bad);
            FAIL("read");
        } catch (const error& e) {
            CHECK(e.reason() == errc::malformed_response);
        }
    }
    CHECK_THROWS_AS(read_lookups(api_version::v1_1, {"a"}, "{}"), error);
    CHECK(none_found({"a", "b"}).outcomes.size() == 2);
    CHECK(none_found({"a"}).outcomes[0].outcome == lookup_outcome::not_found);
}

TEST_CASE("read_lookups: a response with more users than any page has is refused, odd ones included")
{
    const auto listed = [](const char* element, std::size_t count) {
        std::string list;
        for (std::size_t i = 0; i < count; ++i)
            list += (i == 0 ? "" : ",") + std::string(element);
        return '[' + list + ']';
    };
    const std::vector<user_ref> users{"ann"};
    for (const api_version api : {api_version::v1_1, api_version::v2})
        for (const char* element : {"0", "{}", "null", R"({"id":"7"})"}) {
            CAPTURE(element);
            const auto read = [&](std::size_t count) {
                const std::string list = listed(element, count);
                return read_lookups(api, users, api == api_version::v2 ? "{\"data\":" + list + '}' : list);
            };
            CHECK_NOTHROW(read(5'000));
            try {
                read(5'001);
                FAIL("no error");
            } catch (const error& e) {
                CHECK(e.reason() == errc::response_too_large);
            }
        }
}
