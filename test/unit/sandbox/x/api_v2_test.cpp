#include "unit/sandbox/small_world.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sandbox_test;

TEST_CASE("sandbox API 2: one user, with the fields asked for")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto plain = json_of(client.get_as(access, "/2/users/" + id_of_2));
    CHECK(plain.at("data").as_object().size() == 3);
    CHECK(text(plain.at("data").at("id")) == id_of_2);
    const auto full = json_of(client.get_as(access,
        "/2/users/by/username/user_4?user.fields="
        "created_at,description,location,profile_image_url,protected,public_metrics,url,verified"));
    CHECK(full.at("data").at("verified") == true);
    CHECK(full.at("data").at("public_metrics").at("tweet_count") == 30);
    CHECK(full.at("data").at("profile_image_url").as_string().ends_with("_normal.png"));
    CHECK(full.at("data").at("created_at").as_string().ends_with(".000Z"));
    const auto me = json_of(client.get_as(access, "/2/users/me?user.fields=confirmed_email"));
    CHECK(me.at("data").at("confirmed_email") == "user_1@example.com");
    CHECK_FALSE(json_of(client.get_as(access, "/2/users/" + id_of_2 + "?user.fields=confirmed_email"))
                    .at("data")
                    .as_object()
                    .contains("confirmed_email"));
}

TEST_CASE("sandbox API 2: many users, data and errors side by side, in the order asked")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    const auto response = client.get_as(access, "/2/users/by?usernames=dan,absent,ADA,bob,dan");
    CHECK(response.status == 200);
    const auto body = json_of(response);
    REQUIRE(body.at("data").as_array().size() == 2);
    CHECK(body.at("data").at(0).at("username") == "dan");
    CHECK(body.at("data").at(1).at("id") == "11");
    REQUIRE(body.at("errors").as_array().size() == 2);
    CHECK(body.at("errors").at(0).at("title") == "Not Found Error");
    CHECK(body.at("errors").at(0).at("resource_id") == "absent");
    CHECK(body.at("errors").at(0).at("parameter") == "usernames");
    CHECK(body.at("errors").at(0).at("detail") == "Could not find user with usernames: [absent].");
    CHECK(body.at("errors").at(1).at("title") == "Forbidden");
    CHECK(body.at("errors").at(1).at("detail") == "User has been suspended: [bob].");
    CHECK_FALSE(json_of(client.get_as(access, "/2/users?ids=99")).as_object().contains("data"));
    CHECK_FALSE(json_of(client.get_as(access, "/2/users?ids=11")).as_object().contains("errors"));
}

TEST_CASE("sandbox API 2: refuses what it does not know")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    std::string many = "/2/users?ids=1";
    for (int i = 2; i <= 101; ++i)
        many += "," + std::to_string(i);
    struct {
        std::string target;
        int status;
    } const cases[] = {
        {"/2/users/99", 404},
        {"/2/users/12", 403},
        {"/2/users/by/username/absent", 404},
        {"/2/users/abc", 400},
        {"/2/users/12345678901234567890", 400},
        {"/2/users/by/username/with-dash", 400},
        {"/2/users/by/username/sixteencharacter", 400},
        {"/2/users?ids=", 400},
        {"/2/users?ids=1,,2", 400},
        {"/2/users?ids=1,abc", 400},
        {"/2/users", 400},
        {many, 400},
        {"/2/users/by?usernames=a%20b", 400},
        {"/2/users/11?user.fields=shoe_size", 400},
        {"/2/users/11?userfields=id", 400},
        {"/2/users/me?expansions=nothing", 400},
        {"/2/users/11/tweets?max_results=4", 400},
        {"/2/users/11/tweets?max_results=101", 400},
        {"/2/users/11/tweets?max_results=x", 400},
        {"/2/users/11/tweets?since_id=-1", 400},
        {"/2/users/11/tweets?start_time=yesterday", 400},
        {"/2/users/11/tweets?pagination_token=x", 400},
        {"/2/users/11/followers?max_results=1001", 400},
        {"/2/users/99/tweets", 404},
        {"/2/nope", 404},
        {"/2/tweets", 405},
    };
    for (const auto& c : cases) {
        CAPTURE(std::string(c.target));
        const auto response = client.get_as(access, c.target);
        CHECK(response.status == c.status);
        CHECK_FALSE(json_of(response).at("title").as_string().empty());
    }
    const auto invalid = json_of(client.get_as(access, "/2/users/abc"));
    CHECK(invalid.at("title") == "Invalid Request");
    CHECK(invalid.at("errors").at(0).at("parameters").at("id").at(0) == "abc");
    auto unsigned_one = client.get("/2/users/me");
    CHECK(unsigned_one.status == 401);
    CHECK(json_of(unsigned_one).at("title") == "Unauthorized");
    CHECK(unsigned_one.headers.get("Content-Type") == "application/problem+json; charset=utf-8");
}

TEST_CASE("sandbox API 2: timelines page by token, and mentions bring their authors")
{
    signing_client client;
    const auto access = client.sign_in();
    std::set<std::string> seen;
    std::string next;
    int pages = 0;
    do {
        const auto page = json_of(client.get_as(access,
            "/2/users/" + id_of_2 + "/tweets?max_results=12" + (next.empty() ? "" : "&pagination_token=" + next)));
        for (const auto& t : page.at("data").as_array())
            CHECK(seen.insert(std::string(t.at("id").as_string())).second);
        CHECK(page.at("meta").at("newest_id") == page.at("data").at(0).at("id"));
        const auto* token = page.at("meta").as_object().if_contains("next_token");
        next = token ? std::string(token->as_string()) : std::string();
        REQUIRE(++pages <= 3);
    } while (!next.empty());
    CHECK(seen.size() == 30);

    const auto mentions = json_of(client.get_as(
        access, "/2/users/" + id_of_2 + "/mentions?expansions=author_id&tweet.fields=created_at&user.fields=username"));
    REQUIRE(mentions.at("data").as_array().size() == 6);
    CHECK(mentions.at("includes").at("users").at(0).at("username") == "user_1");
    const std::string newest(mentions.at("meta").at("newest_id").as_string());
    const auto none = json_of(client.get_as(access, "/2/users/" + id_of_2 + "/mentions?since_id=" + newest));
    CHECK(none.at("meta").at("result_count") == 0);
    CHECK_FALSE(none.as_object().contains("data"));
}

TEST_CASE("sandbox API 2: followers page by token")
{
    auto o = strict();
    o.users = 250;
    signing_client client(o);
    const auto access = client.sign_in();
    const auto id = std::to_string(sandbox::made_up_users::id_of(1));
    const auto first = json_of(client.get_as(access, "/2/users/" + id + "/followers?max_results=200"));
    CHECK(first.at("meta").at("result_count") == 200);
    const std::string next(first.at("meta").at("next_token").as_string());
    const auto second =
        json_of(client.get_as(access, "/2/users/" + id + "/followers?max_results=200&pagination_token=" + next));
    CHECK(second.at("meta").at("result_count") == 49);
    CHECK_FALSE(second.at("meta").as_object().contains("next_token"));
}

TEST_CASE("sandbox API 2: posts JSON that is not signed, refuses duplicates and unknown members, deletes")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto posted = client.json_as(access, "POST", "/2/tweets", R"({"text":"Hello ☃"})");
    CHECK(posted.status == 201);
    const std::string id(json_of(posted).at("data").at("id").as_string());
    CHECK(json_of(posted).at("data").at("text") == "Hello ☃");
    CHECK(client.json_as(access, "POST", "/2/tweets", R"({"text":"Hello ☃"})").status == 403);
    for (const auto* bad : {"", "[]", "{}", R"({"text":""})", R"({"text":5})", R"({"text":"a","colour":"red"})",
             R"({"text":"a","reply":{}})", R"({"text":"a","reply":{"in_reply_to_tweet_id":5}})", "{\"text\":"}) {
        CAPTURE(std::string(bad));
        CHECK(client.json_as(access, "POST", "/2/tweets", bad).status == 400);
    }
    CHECK(client.json_as(access, "POST", "/2/tweets", R"({"text":"a","reply":{"in_reply_to_tweet_id":"5"}})").status ==
          403);
    CHECK(client.json_as(access, "POST", "/2/tweets", R"({"text":"re","reply":{"in_reply_to_tweet_id":")" + id + "\"}}")
              .status == 201);
    const auto other = client.sign_in("user_2");
    CHECK(client.json_as(other, "DELETE", "/2/tweets/" + id, "").status == 403);
    CHECK(json_of(client.json_as(access, "DELETE", "/2/tweets/" + id, "")).at("data").at("deleted") == true);
    CHECK(json_of(client.json_as(access, "DELETE", "/2/tweets/" + id, "")).at("data").at("deleted") == false);
    CHECK(client.json_as(access, "DELETE", "/2/tweets/abc", "").status == 400);
}
