#include "unit/sandbox/small_world.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sandbox_test;

TEST_CASE("sandbox API 1.1: users/show gives the documented shape")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto response = client.get_as(access, "/1.1/users/show.json?screen_name=user_2&user_id=" + id_of_2);
    REQUIRE(response.status == 200);
    const auto user = json_of(response);
    CHECK(text(user.at("id_str")) == id_of_2);
    CHECK(std::to_string(user.at("id").to_number<std::uint64_t>()) == id_of_2);
    CHECK(user.at("screen_name") == "user_2");
    CHECK(user.at("profile_image_url_https").as_string().starts_with("https://127.0.0.1:4000/profile_images/"));
    CHECK(user.at("url").is_null());
    CHECK(user.at("created_at").as_string().size() == 30);
    CHECK_FALSE(user.as_object().contains("email"));
    CHECK(response.headers.get("x-rate-limit-limit") == "900");
    CHECK(response.headers.get("x-access-level") == "read-write");
    CHECK(response.headers.get("Date") != "");
}

TEST_CASE("sandbox API 1.1: missing and suspended users have their codes")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    struct {
        const char* target;
        int status;
        int code;
    } const cases[] = {
        {"/1.1/users/show.json?screen_name=absent", 404, 50},
        {"/1.1/users/show.json?user_id=99", 404, 50},
        {"/1.1/users/show.json?user_id=x", 404, 50},
        {"/1.1/users/show.json?user_id=12", 403, 63},
        {"/1.1/users/show.json", 403, 38},
        {"/1.1/users/lookup.json?screen_name=absent,bob", 404, 17},
        {"/1.1/users/lookup.json", 403, 38},
        {"/1.1/nope.json", 404, 34},
        {"/1.1/statuses/user_timeline.json?user_id=99", 404, 34},
    };
    for (const auto& c : cases) {
        CAPTURE(std::string(c.target));
        const auto response = client.get_as(access, c.target);
        CHECK(response.status == c.status);
        CHECK(code_of(response) == c.code);
    }
    CHECK(code_of(client.get_as(token_of("12-b"), "/1.1/users/show.json?user_id=11")) == 64);
    const auto post = client.post_as(access, "/1.1/users/show.json", "user_id=11");
    CHECK(post.status == 405);
    CHECK(post.headers.get("Allow") == "GET");
}

TEST_CASE("sandbox API 1.1: lookup takes GET and POST, leaves out who is missing, and keeps no order")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    const std::string query = "screen_name=ada,absent,bob,DAN&user_id=11,13";
    for (const auto& response : {client.get_as(access, "/1.1/users/lookup.json?" + query),
             client.post_as(access, "/1.1/users/lookup.json", query)}) {
        REQUIRE(response.status == 200);
        std::string names;
        const auto users = json_of(response);
        for (const auto& user : users.as_array())
            names += std::string(user.at("screen_name").as_string()) + ' ';
        CHECK(names == "dan cyd ada ");
    }
    std::string many = "user_id=1";
    for (int i = 2; i <= 101; ++i)
        many += ',' + std::to_string(i);
    CHECK(code_of(client.post_as(access, "/1.1/users/lookup.json", many)) == 18);
}

TEST_CASE("sandbox API 1.1: the e-mail address comes only when asked for")
{
    signing_client client;
    const auto access = client.sign_in();
    CHECK_FALSE(json_of(client.get_as(access, "/1.1/account/verify_credentials.json")).as_object().contains("email"));
    CHECK(json_of(client.get_as(access, "/1.1/account/verify_credentials.json?include_email=true")).at("email") ==
          "user_1@example.com");
    signing_client without(seeded());
    CHECK(json_of(without.get_as(token_of("11-a"), "/1.1/account/verify_credentials.json?include_email=true"))
              .at("email")
              .is_null());
}

TEST_CASE("sandbox API 1.1: timelines page by since_id, max_id and count")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto all = json_of(client.get_as(access, "/1.1/statuses/user_timeline.json?count=200")).as_array();
    REQUIRE(all.size() == 30);
    CHECK(json_of(client.get_as(access, "/1.1/statuses/user_timeline.json")).as_array().size() == 20);
    const std::string fifth(all[4].at("id_str").as_string());
    const auto newer = json_of(client.get_as(access, "/1.1/statuses/user_timeline.json?since_id=" + fifth)).as_array();
    CHECK(newer.size() == 4);
    const auto older =
        json_of(client.get_as(access, "/1.1/statuses/user_timeline.json?trim_user=1&count=2&max_id=" + fifth))
            .as_array();
    REQUIRE(older.size() == 2);
    CHECK(text(older[0].at("id_str")) == fifth);
    CHECK_FALSE(older[0].at("user").as_object().contains("screen_name"));
    const auto mentions = json_of(client.get_as(access, "/1.1/statuses/mentions_timeline.json")).as_array();
    REQUIRE(mentions.size() == 6);
    CHECK(mentions[0].at("user").at("screen_name") == "user_10");
}

TEST_CASE("sandbox API 1.1: posts, refuses duplicates, and deletes")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto other = client.sign_in("user_2");
    const auto form = "status=" + coauth::text::percent_encode("Hello Ladies + Gentlemen ☃!");
    const auto posted = client.post_as(access, "/1.1/statuses/update.json", form);
    REQUIRE(posted.status == 200);
    CHECK(json_of(posted).at("text") == "Hello Ladies + Gentlemen ☃!");
    const std::string id(json_of(posted).at("id_str").as_string());
    CHECK(code_of(client.post_as(access, "/1.1/statuses/update.json", form)) == 187);
    CHECK(code_of(client.post_as(access, "/1.1/statuses/update.json", "status=" + std::string(281, 'x'))) == 186);
    CHECK(code_of(client.post_as(access, "/1.1/statuses/update.json", "")) == 38);
    CHECK(code_of(client.post_as(access, "/1.1/statuses/update.json", "status=a&in_reply_to_status_id=5")) == 385);
    const auto reply = client.post_as(other, "/1.1/statuses/update.json", "status=re&in_reply_to_status_id=" + id);
    CHECK(text(json_of(reply).at("in_reply_to_status_id_str")) == id);
    CHECK(json_of(reply).at("in_reply_to_screen_name") == "user_1");
    CHECK(code_of(client.post_as(other, "/1.1/statuses/destroy/" + id + ".json", "")) == 183);
    CHECK(client.post_as(access, "/1.1/statuses/destroy/" + id + ".json", "").status == 200);
    CHECK(code_of(client.post_as(access, "/1.1/statuses/destroy/" + id + ".json", "")) == 144);
    CHECK(client.post_as(access, "/1.1/statuses/update.json", form).status == 200);
}

TEST_CASE("sandbox API 1.1: followers come by cursor until it is 0")
{
    auto o = strict();
    o.users = 600;
    signing_client client(o);
    const auto access = client.sign_in();
    std::set<std::string> seen;
    std::string cursor = "-1";
    int pages = 0;
    while (cursor != "0") {
        const auto page =
            json_of(client.get_as(access, "/1.1/followers/list.json?screen_name=user_1&count=200&cursor=" + cursor));
        for (const auto& user : page.at("users").as_array())
            CHECK(seen.insert(std::string(user.at("id_str").as_string())).second);
        cursor = page.at("next_cursor_str").as_string();
        REQUIRE(++pages <= 3);
    }
    CHECK(seen.size() == 599);
}
