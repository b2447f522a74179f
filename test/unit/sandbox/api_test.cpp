#include "signing_client.hpp"

#include <coauth/oauth1/legs.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace sandbox_test;

namespace {

const std::string id_of_2 = std::to_string(sandbox::made_up_people::id_of(2));

sandbox::options seeded()
{
    sandbox::options o;
    o.seed = R"({"users":[{"id":"11","username":"ada","name":"Ada","picture":"https://p.example/a_normal.png"},
                          {"id":"12","username":"bob","suspended":true},
                          {"id":"13","username":"cyd","protected":true},
                          {"id":"14","username":"dan"}],
                 "access_tokens":[{"token":"11-a","secret":"s","user_id":"11"},{"token":"12-b","secret":"s","user_id":"12"},
                                  {"token":"13-c","secret":"s","user_id":"13"},{"token":"14-d","secret":"s","user_id":"14"}],
                 "bearer_tokens":[{"token":"bear"}],
                 "tweets":[{"id":"101","user_id":"13","text":"quiet"},{"id":"102","user_id":"14","text":"@ada hello"}],
                 "follows":[["14","13"]]})";
    return o;
}

oauth1::access_token token_of(const char* token)
{
    return oauth1::access_token(token, coauth::secret("s"));
}

server::response get_bearer(signing_client& client, std::string target, std::string bearer = "bear")
{
    auto r = client.bare("GET", std::move(target));
    r.headers.add("Authorization", "Bearer " + bearer);
    return client.send(r);
}

} // namespace

TEST_CASE("sandbox API 1.1: users/show gives the documented shape")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto answer = client.get_as(access, "/1.1/users/show.json?screen_name=user_2&user_id=" + id_of_2);
    REQUIRE(answer.status == 200);
    const auto user = json_of(answer);
    CHECK(text(user.at("id_str")) == id_of_2);
    CHECK(std::to_string(user.at("id").to_number<std::uint64_t>()) == id_of_2);
    CHECK(user.at("screen_name") == "user_2");
    CHECK(user.at("profile_image_url_https").as_string().starts_with("https://127.0.0.1:4000/profile_images/"));
    CHECK(user.at("url").is_null());
    CHECK(user.at("created_at").as_string().size() == 30);
    CHECK_FALSE(user.as_object().contains("email"));
    CHECK(answer.headers.get("x-rate-limit-limit") == "900");
    CHECK(answer.headers.get("x-access-level") == "read-write");
    CHECK(answer.headers.get("Date") != "");
}

TEST_CASE("sandbox API 1.1: missing and suspended people have their codes")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    struct {
        const char* target;
        int status;
        int code;
    } const cases[] = {
        {"/1.1/users/show.json?screen_name=nobody", 404, 50},
        {"/1.1/users/show.json?user_id=99", 404, 50},
        {"/1.1/users/show.json?user_id=x", 404, 50},
        {"/1.1/users/show.json?user_id=12", 403, 63},
        {"/1.1/users/show.json", 403, 38},
        {"/1.1/users/lookup.json?screen_name=nobody,bob", 404, 17},
        {"/1.1/users/lookup.json", 403, 38},
        {"/1.1/nope.json", 404, 34},
        {"/1.1/statuses/user_timeline.json?user_id=99", 404, 34},
    };
    for (const auto& c : cases) {
        CAPTURE(std::string(c.target));
        const auto answer = client.get_as(access, c.target);
        CHECK(answer.status == c.status);
        CHECK(code_of(answer) == c.code);
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
    const std::string who = "screen_name=ada,nobody,bob,DAN&user_id=11,13";
    for (const auto& answer : {client.get_as(access, "/1.1/users/lookup.json?" + who),
             client.post_as(access, "/1.1/users/lookup.json", who)}) {
        REQUIRE(answer.status == 200);
        std::string names;
        const auto people = json_of(answer);
        for (const auto& user : people.as_array())
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
    const auto form = "status=" + oauth1::percent_encode("Hello Ladies + Gentlemen ☃!");
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

TEST_CASE("sandbox API 2: one person, with the fields asked for")
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

TEST_CASE("sandbox API 2: many people, data and errors side by side, in the order asked")
{
    signing_client client(seeded());
    const auto access = token_of("11-a");
    const auto answer = client.get_as(access, "/2/users/by?usernames=dan,nobody,ADA,bob,dan");
    CHECK(answer.status == 200);
    const auto body = json_of(answer);
    REQUIRE(body.at("data").as_array().size() == 2);
    CHECK(body.at("data").at(0).at("username") == "dan");
    CHECK(body.at("data").at(1).at("id") == "11");
    REQUIRE(body.at("errors").as_array().size() == 2);
    CHECK(body.at("errors").at(0).at("title") == "Not Found Error");
    CHECK(body.at("errors").at(0).at("resource_id") == "nobody");
    CHECK(body.at("errors").at(0).at("parameter") == "usernames");
    CHECK(body.at("errors").at(0).at("detail") == "Could not find user with usernames: [nobody].");
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
        {"/2/users/by/username/nobody", 404},
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
        const auto answer = client.get_as(access, c.target);
        CHECK(answer.status == c.status);
        CHECK_FALSE(json_of(answer).at("title").as_string().empty());
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
    const auto id = std::to_string(sandbox::made_up_people::id_of(1));
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

TEST_CASE("sandbox API: protected tweets are for the person and followers")
{
    signing_client client(seeded());
    struct {
        const char* token;
        bool sees;
    } const cases[] = {{"11-a", false}, {"13-c", true}, {"14-d", true}};
    for (const auto& c : cases) {
        CAPTURE(std::string(c.token));
        const auto v2 = json_of(client.get_as(token_of(c.token), "/2/users/13/tweets"));
        CHECK(v2.as_object().contains("data") == c.sees);
        const auto v1_1 = client.get_as(token_of(c.token), "/1.1/statuses/user_timeline.json?user_id=13");
        CHECK(v1_1.status == (c.sees ? 200 : 401));
        if (!c.sees) {
            CHECK(v2.at("errors").at(0).at("title") == "Authorization Error");
            CHECK(json_of(v1_1).at("error") == "Not authorized.");
        }
    }
    CHECK(get_bearer(client, "/1.1/statuses/user_timeline.json?user_id=13").status == 401);
    CHECK(json_of(get_bearer(client, "/2/users/13")).at("data").at("username") == "cyd");
}

TEST_CASE("sandbox API: an app alone may look people up, and no more")
{
    signing_client client(seeded());
    CHECK(get_bearer(client, "/2/users/11").status == 200);
    CHECK(get_bearer(client, "/1.1/users/show.json?user_id=11").status == 200);
    CHECK(get_bearer(client, "/2/users/11").headers.get("x-rate-limit-limit") == "300");
    const auto me = get_bearer(client, "/2/users/me");
    CHECK(me.status == 403);
    CHECK(json_of(me).at("title") == "Unsupported Authentication");
    CHECK(code_of(get_bearer(client, "/1.1/account/verify_credentials.json")) == 220);
    CHECK(get_bearer(client, "/2/users/11", "wrong").status == 401);
    CHECK(code_of(get_bearer(client, "/1.1/users/show.json?user_id=11", "wrong")) == 89);
    // Signed by the app without a token is the app alone, too.
    CHECK(client.send(client.sign(oauth1::signer(client.app), "GET", "/2/users/11")).status == 200);
}

TEST_CASE("sandbox API: an app gets its bearer token for its key and secret, the same one each time")
{
    sandbox::options o;
    o.consumer_key = "xvz1evFS4wEEPTGEFPHBog";
    o.consumer_secret = "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg";
    signing_client client(o);
    const auto ask = [&](const std::string& authorization, const std::string& form) {
        auto r = client.bare("POST", "/oauth2/token", form, "application/x-www-form-urlencoded;charset=UTF-8");
        if (!authorization.empty())
            r.headers.add("Authorization", authorization);
        return client.send(r);
    };
    // As published with the provider's documentation.
    const std::string basic =
        "Basic eHZ6MWV2RlM0d0VFUFRHRUZQSEJvZzpMOHFxOVBaeVJnNmllS0dFS2hab2xHQzB2SldMdzhpRUo4OERSZHlPZw==";
    const auto given = ask(basic, "grant_type=client_credentials");
    REQUIRE(given.status == 200);
    CHECK(json_of(given).at("token_type") == "bearer");
    const std::string token(json_of(given).at("access_token").as_string());
    CHECK(text(json_of(ask(basic, "grant_type=client_credentials")).at("access_token")) == token);
    CHECK(get_bearer(client, "/2/users/" + id_of_2, token).status == 200);
    for (const auto* wrong : {"", "Basic", "Basic ", "Basic !!!!", "Basic YTpi", "Basic YWJj", "Bearer x"}) {
        CAPTURE(std::string(wrong));
        const auto refused = ask(wrong, "grant_type=client_credentials");
        CHECK(refused.status == 403);
        CHECK(code_of(refused) == 99);
        CHECK(json_of(refused).at("errors").at(0).at("label") == "authenticity_token_error");
    }
    CHECK(code_of(ask(basic, "grant_type=password")) == 170);
}

TEST_CASE("sandbox API: a spent window is a 429 in the words of its API, and the clock opens it again")
{
    sandbox::options o;
    o.rate_limits["/2/users/:id"] = sandbox::route_limit(2, 1);
    o.rate_limits["/1.1/users/show"] = sandbox::route_limit(1, 1);
    o.rate_limits["/2/tweets"] = sandbox::route_limit(0, 0, 1, 5);
    signing_client client(o);
    const auto access = client.sign_in();
    const auto path = "/2/users/" + id_of_2;
    CHECK(client.get_as(access, path).headers.get("x-rate-limit-remaining") == "1");
    CHECK(client.get_as(access, path).headers.get("x-rate-limit-remaining") == "0");
    const auto refused = client.get_as(access, path);
    CHECK(refused.status == 429);
    CHECK(json_of(refused).at("title") == "Too Many Requests");
    CHECK(refused.headers.get("x-rate-limit-remaining") == "0");
    CHECK(refused.headers.get("x-rate-limit-reset") == std::to_string(1'800'000'900));
    CHECK(client.get_as(access, "/1.1/users/show.json?screen_name=user_1").status == 200);
    const auto old = client.get_as(access, "/1.1/users/show.json?screen_name=user_1");
    CHECK(old.status == 429);
    CHECK(code_of(old) == 88);
    const auto day = client.json_as(access, "POST", "/2/tweets", R"({"text":"a"})");
    CHECK(day.status == 201);
    CHECK(day.headers.get("x-user-limit-24hour-remaining") == "0");
    CHECK(day.headers.get("x-app-limit-24hour-remaining") == "4");
    CHECK(client.json_as(access, "POST", "/2/tweets", R"({"text":"b"})").status == 429);
    client.engine.set_clock_skew(std::chrono::seconds(900));
    client.now -= std::chrono::seconds(900);
    client.client_behind = std::chrono::seconds(-900);
    CHECK(client.get_as(access, path).status == 429);
    client.now += std::chrono::seconds(900);
    CHECK(client.get_as(access, path).status == 200);
}

TEST_CASE("sandbox engine: faults come before everything, and reset takes them away")
{
    signing_client client;
    client.engine.set_faults(R"([{"route":"/oauth/request_token","status":503},
                                 {"route":"/2/users/me","times":0,"body":"<html>","headers":{"X-A":"b"}},
                                 {"route":"/","delay_ms":70},
                                 {"route":"/oauth/access_token","action":"drop"}])");
    CHECK(code_of(client.leg1("oob")) == 130);
    CHECK(client.leg1("oob").status == 200);
    const auto page = client.get("/2/users/me");
    CHECK(page.status == 200);
    CHECK(page.body == "<html>");
    CHECK(page.headers.get("X-A") == "b");
    CHECK(client.engine.answer(client.bare("GET", "/"), client.now).delay.count() == 70);
    CHECK(client.get("/").status == 200);
    CHECK(client.submit("/oauth/access_token", "").raw == "");
    CHECK(client.last_entry().at("fault") == "drop");
    client.engine.reset();
    CHECK(client.get("/2/users/me").status == 401);
    CHECK(boost::json::parse(client.engine.seen().counters()).at("requests") == 1);
}

TEST_CASE("sandbox engine: refuses options that can't be used")
{
    const auto refused = [](auto change) {
        sandbox::options o;
        change(o);
        try {
            sandbox::engine e(o, &sandbox::openssl_random);
        } catch (const coauth::error& e) {
            return e.reason() == coauth::errc::invalid_argument;
        }
        return false;
    };
    using sandbox::options;
    CHECK(refused([](options& o) { o.users = 0; }));
    CHECK(refused([](options& o) { o.users = 1'000'001; }));
    CHECK(refused([](options& o) { o.seed = "{"; }));
    CHECK(refused([](options& o) { o.faults = "{}"; }));
    CHECK(refused([](options& o) { o.auto_approve = "nobody"; }));
    CHECK(refused([](options& o) { o.consumer_key = ""; }));
    CHECK(refused([](options& o) { o.rate_limits["/nope"] = sandbox::route_limit(1, 1); }));
    CHECK(refused([](options& o) { o.rate_limits["/2/users/me"] = sandbox::route_limit(-1, 1); }));
    CHECK(refused([](options& o) { o.rate_window = std::chrono::seconds(0); }));
    CHECK(refused([](options& o) { o.request_token_ttl = std::chrono::seconds(0); }));
    CHECK_FALSE(refused([](options&) {}));
}

TEST_CASE("sandbox engine: a million people need no time to make")
{
    sandbox::options o;
    o.users = 1'000'000;
    signing_client client(o);
    const auto access = client.sign_in("user_1000000");
    CHECK(
        json_of(client.get_as(access, "/2/users/by/username/user_777777")).at("data").at("username") == "user_777777");
    CHECK_THROWS_AS(client.engine.issue_access_token("user_1000001"), coauth::error);
    CHECK(client.engine.issue_access_token("user_5").extra("screen_name") == "user_5");
}

TEST_CASE("sandbox engine: people's pictures are PNGs in four sizes")
{
    signing_client client;
    for (const auto& [suffix, size] :
        {std::pair("_mini", 24), std::pair("_normal", 48), std::pair("_bigger", 73), std::pair("", 400)}) {
        const auto picture = client.get("/profile_images/" + id_of_2 + "/user_2" + suffix + ".png");
        CHECK(picture.status == 200);
        CHECK(picture.headers.get("Content-Type") == "image/png");
        CHECK(picture.body.starts_with("\x89PNG\r\n"));
        CHECK(
            static_cast<unsigned char>(picture.body[19]) + 256 * static_cast<unsigned char>(picture.body[18]) == size);
    }
    CHECK(client.get("/profile_images/x/y.png").status == 404);
}
