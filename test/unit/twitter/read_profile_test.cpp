#include "twitter/read_profile.hpp"

#include <coauth/error.hpp>

#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;

namespace {

constexpr std::string_view v1_1_body = R"({
  "id": 783214, "id_str": "783214", "name": "Caf\u00e9 \ud83d\ude00", "screen_name": "Example_1",
  "location": "San Francisco, CA", "description": "Two\nlines & \"quotes\"", "url": "https:\/\/t.co\/abc",
  "entities": {"url": {"urls": [{"url": "https:\/\/t.co\/abc", "expanded_url": "https:\/\/example.com\/me"}]}},
  "protected": false, "verified": true, "followers_count": 12, "friends_count": 34, "statuses_count": 56,
  "created_at": "Tue Feb 20 14:35:54 +0000 2007", "email": "me@example.com",
  "profile_image_url": "http:\/\/pbs.example.com\/a_normal.jpg",
  "profile_image_url_https": "https:\/\/pbs.example.com\/a_normal.jpg", "status": {"id": 1.5}})";

constexpr std::string_view v2_body = R"({"data": {
  "id": "783214", "name": "Caf\u00e9 \ud83d\ude00", "username": "Example_1",
  "location": "San Francisco, CA", "description": "Two\nlines & \"quotes\"", "url": "https://t.co/abc",
  "entities": {"url": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.com/me"}]}},
  "protected": false, "verified": true,
  "public_metrics": {"followers_count": 12, "following_count": 34, "tweet_count": 56, "listed_count": 7},
  "created_at": "2007-02-20T14:35:54.000Z", "confirmed_email": "me@example.com",
  "profile_image_url": "https://pbs.example.com/a_normal.jpg"},
  "errors": [{"detail": "not visible", "title": "Field Authorization Error", "type": "https://api.x.com/2/problems/not-authorized-for-field"}]})";

struct side {
    const char* name;
    api_version api;
    std::string_view body;
};
const side both[] = {{"1.1", api_version::v1_1, v1_1_body}, {"2", api_version::v2, v2_body}};

std::optional<errc> refused(api_version api, std::string_view body)
{
    try {
        read_profile(api, body);
        return std::nullopt;
    } catch (const error& e) {
        return e.reason();
    }
}

// The smallest user with one member more, as each API writes it.
std::string v1_1_with(const std::string& member)
{
    return R"({"id_str":"1","screen_name":"a","name":"A")" + member + "}";
}
std::string v2_with(const std::string& member)
{
    return R"({"data":{"id":"1","username":"a","name":"A")" + member + "}}";
}

} // namespace

TEST_CASE("read_profile: both APIs give the same profile")
{
    for (const side& s : both) {
        CAPTURE(s.name);
        const profile p = read_profile(s.api, s.body);
        CHECK(p.id == "783214");
        CHECK(p.username == "Example_1");
        CHECK(p.name == "Caf\xc3\xa9 \xf0\x9f\x98\x80");
        CHECK(p.picture == "https://pbs.example.com/a_normal.jpg");
        CHECK(p.description == "Two\nlines & \"quotes\"");
        CHECK(p.location == "San Francisco, CA");
        CHECK(p.url == "https://example.com/me");
        CHECK(p.email == "me@example.com");
        CHECK(p.is_protected == false);
        CHECK(p.verified == true);
        CHECK(p.followers_count == 12);
        CHECK(p.following_count == 34);
        CHECK(p.tweet_count == 56);
        REQUIRE(p.created_at);
        CHECK(p.created_at->time_since_epoch().count() == 1171982154);
    }
}

TEST_CASE("read_profile: every optional member may be missing, null or empty")
{
    const auto check_bare = [](const profile& p) {
        CHECK(p.id == "1");
        CHECK(p.username == "a");
        CHECK(p.name == "A");
        CHECK_FALSE(p.picture);
        CHECK_FALSE(p.description);
        CHECK_FALSE(p.location);
        CHECK_FALSE(p.url);
        CHECK_FALSE(p.email);
        CHECK_FALSE(p.is_protected);
        CHECK_FALSE(p.verified);
        CHECK_FALSE(p.followers_count);
        CHECK_FALSE(p.following_count);
        CHECK_FALSE(p.tweet_count);
        CHECK_FALSE(p.created_at);
    };
    check_bare(read_profile(api_version::v1_1, v1_1_with("")));
    check_bare(read_profile(api_version::v2, v2_with("")));

    std::string nulls;
    std::string empties;
    for (const char* name : {"location", "description", "url", "email", "confirmed_email", "created_at",
             "profile_image_url", "profile_image_url_https"}) {
        nulls += std::string(",\"") + name + "\":null";
        empties += std::string(",\"") + name + "\":\"\"";
    }
    for (const char* name :
        {"protected", "verified", "followers_count", "friends_count", "statuses_count", "entities", "public_metrics"})
        nulls += std::string(",\"") + name + "\":null";
    for (const std::string& rest : {nulls, empties}) {
        check_bare(read_profile(api_version::v1_1, v1_1_with(rest)));
        check_bare(read_profile(api_version::v2, v2_with(rest)));
    }
    check_bare(read_profile(api_version::v2, v2_with(R"(,"entities":{"url":{"urls":[]}},"public_metrics":{})")));
    check_bare(read_profile(api_version::v2, v2_with(R"(,"entities":{"url":{"urls":[{"expanded_url":null}]}})")));
}

TEST_CASE("read_profile: a user without a name has the user name for one")
{
    CHECK(read_profile(api_version::v1_1, R"({"id":1,"screen_name":"a","name":""})").name == "a");
    CHECK(read_profile(api_version::v2, R"({"data":{"id":"1","username":"a","name":null}})").name == "a");
}

TEST_CASE("read_profile: X's new word for tweets is understood")
{
    CHECK(read_profile(api_version::v2, v2_with(R"(,"public_metrics":{"post_count":5})")).tweet_count == 5);
    CHECK(read_profile(api_version::v2, v2_with(R"(,"public_metrics":{"tweet_count":4,"post_count":5})")).tweet_count ==
          4);
}

TEST_CASE("read_profile: pictures are https, links are web addresses, and what is neither is left out")
{
    struct row {
        const char* given;
        const char* picture;
        const char* link;
    };
    const row table[] = {
        {"https://h/a.jpg", "https://h/a.jpg", "https://h/a.jpg"},
        {"http://h/a.jpg", "https://h/a.jpg", "http://h/a.jpg"},
        {"javascript:alert(1)", nullptr, nullptr},
        {"data:image/png;base64,AA", nullptr, nullptr},
        {"//h/a.jpg", nullptr, nullptr},
        {"HTTPS://h/a.jpg", nullptr, nullptr},
        {"https://h/a b", nullptr, nullptr},
        {"https://h/\\\"onload=", nullptr, nullptr},
        {"https://h/<script>", nullptr, nullptr},
        {"https://h/\\u0000", nullptr, nullptr},
        {"https://h/\\ud83d", nullptr, nullptr},
        {"https://h/\\n", nullptr, nullptr},
        {"https://h/\\u00e9", nullptr, nullptr},
    };
    for (const row& r : table) {
        CAPTURE(r.given);
        const std::string value = std::string("\":\"") + r.given + "\"";
        const std::string v1_1 = v1_1_with(",\"profile_image_url_https" + value + ",\"url" + value);
        const std::string v2 = v2_with(",\"profile_image_url" + value + ",\"url" + value);
        for (const profile& p : {read_profile(api_version::v1_1, v1_1), read_profile(api_version::v2, v2)}) {
            CHECK(p.picture == (r.picture ? std::optional<std::string>(r.picture) : std::nullopt));
            CHECK(p.url == (r.link ? std::optional<std::string>(r.link) : std::nullopt));
        }
    }
    // The short link serves where the long one can't be used.
    CHECK(read_profile(api_version::v2,
              v2_with(R"(,"url":"https://t.co/a","entities":{"url":{"urls":[{"expanded_url":"javascript:x"}]}})"))
              .url == "https://t.co/a");
}

TEST_CASE("read_profile: only the id must be there and be one")
{
    for (const char* bad : {R"({"screen_name":"a","name":"A"})", R"({"id":1.0,"screen_name":"a","name":"A"})",
             R"({"id":1,"id":1,"screen_name":"a"})", R"({"id_str":"1","id_str":"2","screen_name":"a"})",
             R"({"id_str":"x","id":1,"screen_name":"a"})", R"([])", R"("a")", R"(null)", R"({})",
             R"({"data":{"id":"1"}})"})
        CHECK_MESSAGE(refused(api_version::v1_1, bad) == errc::malformed_response, bad);
    for (const char* bad : {R"({"data":null})", R"({"data":[]})", R"({"data":{"username":"a","name":"A"}})",
             R"({"data":{"id":"1"},"data":{"id":"1"}})", R"({"data":{"id":"1","id":"1"}})", R"({"errors":[]})",
             R"({"id":"1","username":"a","name":"A"})", R"({"errors":{}})", R"({"errors":[1]})", R"([])"})
        CHECK_MESSAGE(refused(api_version::v2, bad) == errc::malformed_response, bad);
}

TEST_CASE("read_profile: names are repaired, and what is missing is made up for")
{
    struct row {
        const char* members; // after the id; %u is API 2's or 1.1's word for the user name
        const char* username;
        const char* name;
    };
    const row table[] = {
        {R"(,"%u":"a","name":"A\u0000"})", "a", "A"},
        {R"(,"%u":"a","name":"A\u001b[2J"})", "a", "A[2J"},
        {R"(,"%u":"a","name":"\ud83d"})", "a", "\xef\xbf\xbd"},
        {R"(,"%u":"a","name":7})", "a", "a"},
        {R"(,"%u":"a","name":"\u0000"})", "a", "a"},
        {R"(,"%u":"a"})", "a", "a"},
        {R"(,"%u":"1234567890123456","name":"A"})", "1234567890123456", "A"},
        {R"(,"%u":"twenty_letters_name_","name":"A"})", "twenty_letters_name_", "A"},
        {R"(,"%u":"a\u0000\n","name":"A"})", "a", "A"},
        {R"(,"%u":"a b\udc00","name":"A"})", "a b\xef\xbf\xbd", "A"},
        {R"(,"%u":"","name":"A"})", "", "A"},
        {R"(,"%u":null,"name":"A"})", "", "A"},
        {R"(,"%u":5,"name":"A"})", "", "A"},
        {R"(,"%u":"a","%u":"a","name":"A"})", "", "A"},
        {R"(,"name":"A"})", "", "A"},
        {R"(,"%u":[],"name":{}})", "", "1"},
        {"}", "", "1"},
    };
    for (const row& r : table)
        for (const api_version api : {api_version::v1_1, api_version::v2}) {
            const bool v2 = api == api_version::v2;
            std::string user = std::string(R"({"id":"1")") + r.members;
            for (std::size_t at = user.find("%u"); at != user.npos; at = user.find("%u"))
                user.replace(at, 2, v2 ? "username" : "screen_name");
            CAPTURE(user);
            const profile p = read_profile(api, v2 ? "{\"data\":" + user + '}' : user);
            CHECK(p.id == "1");
            CHECK(p.username == r.username);
            CHECK(p.name == r.name);
        }
}

TEST_CASE("read_profile: an e-mail address is given unchanged or not at all")
{
    for (const char* email :
        {"a\\u0000@example.com", "a\\n@example.com", "a\\ud83d@example.com", "a\xff@example.com"}) {
        CAPTURE(email);
        CHECK_FALSE(read_profile(api_version::v2, v2_with(std::string(",\"confirmed_email\":\"") + email + '"')).email);
    }
    CHECK(read_profile(api_version::v2, v2_with(",\"confirmed_email\":\"caf\xc3\xa9@example.com\"")).email ==
          "caf\xc3\xa9@example.com");
}

TEST_CASE("read_profile: API 2's problems with 200 are what they mean")
{
    const auto problem_of = [](const char* title, const char* detail, const char* host, const char* type) {
        return std::string(R"({"errors":[{"value":"1","resource_id":"1","title":")") + title + R"(","detail":")" +
               detail + R"(","type":")" + host + "/2/problems/" + type + "\"}]}";
    };
    for (const char* host : {"https://api.twitter.com", "https://api.x.com"}) {
        CHECK(refused(api_version::v2, problem_of("Not Found Error", "Could not find user with ids: [1].", host,
                                           "resource-not-found")) == errc::not_found);
        CHECK(refused(api_version::v2, problem_of("Forbidden", "User has been suspended: [1].", host,
                                           "resource-not-found")) == errc::suspended);
        CHECK(refused(api_version::v2, problem_of("Authorization Error", "Sorry, you are not authorized", host,
                                           "not-authorized-for-resource")) == errc::forbidden);
        CHECK(refused(api_version::v2, problem_of("New", "something else", host, "brand-new")) == errc::provider_error);
    }
}

TEST_CASE("read_profile: a response cut short at any byte is refused")
{
    for (const side& s : both)
        for (std::size_t length = 0; length < s.body.size(); ++length)
            REQUIRE(refused(s.api, s.body.substr(0, length)) == errc::malformed_response);
}

TEST_CASE("read_profile: a response with any byte changed gives a profile or a typed error")
{
    for (const side& s : both)
        for (std::size_t at = 0; at < s.body.size(); ++at)
            for (const char c : {'\0', '"', '{', ']', '9', '\xff'}) {
                std::string body(s.body);
                body[at] = c;
                const auto code = refused(s.api, body);
                REQUIRE((!code || whose_fault(*code) == fault::response || whose_fault(*code) == fault::provider));
            }
}

TEST_CASE("read_profile: a response about another user is recognized by id, or by the exact name without case")
{
    const auto is_about = [](std::string_view body, const user_ref& requested) {
        try {
            return read_profile(api_version::v2, body, requested).id == "783214";
        } catch (const error& e) {
            REQUIRE(e.reason() == errc::malformed_response);
            return false;
        }
    };
    CHECK(is_about(v2_body, user_ref::id("783214")));
    CHECK_FALSE(is_about(v2_body, user_ref::id("783215")));
    CHECK(is_about(v2_body, "example_1"));
    CHECK(is_about(v2_body, "EXAMPLE_1"));
    CHECK_FALSE(is_about(v2_body, "example_"));
    CHECK_FALSE(is_about(v2_body, "example_12"));
    CHECK_FALSE(is_about(v2_body, "783214"));
    // Not by a name that was repaired, nor by one that is there twice.
    CHECK_FALSE(is_about(R"({"data":{"id":"783214","username":"ann\u0000"}})", "ann"));
    CHECK_FALSE(is_about(R"({"data":{"id":"783214","username":"ann","username":"ann"}})", "ann"));
    CHECK_FALSE(is_about(R"({"data":{"id":"783214"}})", "ann"));
    CHECK(is_about(R"({"data":{"id":"783214","username":"ann\u0000"}})", user_ref::id("783214")));
    CHECK(read_profile(api_version::v1_1, R"({"id":5,"screen_name":"Ann"})", "ann").id == "5");
}
