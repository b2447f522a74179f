#include "small_world.hpp"

#include <doctest/doctest.h>

using namespace sandbox_test;

TEST_CASE("sandbox API: protected tweets are for the user and followers")
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

TEST_CASE("sandbox API: an app alone may look users up, and no more")
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

TEST_CASE("sandbox API: an exhausted window is a 429 in the format of its API, and the clock opens a new one")
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

TEST_CASE("sandbox API: a user's limit is for all of the user's tokens at an app")
{
    sandbox::options o;
    o.seed = R"({"users":[{"id":"11","username":"ada"},{"id":"12","username":"bob"}],
                 "access_tokens":[{"token":"11-a","secret":"s","user_id":"11"},{"token":"11-b","secret":"s","user_id":"11"},
                                  {"token":"12-c","secret":"s","user_id":"12"}]})";
    o.rate_limits["/2/users/:id"] = sandbox::route_limit(1, 1);
    signing_client client(o);
    CHECK(client.get_as(token_of("11-a"), "/2/users/12").status == 200);
    CHECK(client.get_as(token_of("11-b"), "/2/users/12").status == 429);
    CHECK(client.get_as(token_of("12-c"), "/2/users/12").status == 200);
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
    CHECK(client.engine.handle(client.bare("GET", "/"), client.now).delay.count() == 70);
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
    CHECK(refused([](options& o) { o.auto_approve = "absent"; }));
    CHECK(refused([](options& o) { o.consumer_key = ""; }));
    CHECK(refused([](options& o) { o.rate_limits["/nope"] = sandbox::route_limit(1, 1); }));
    CHECK(refused([](options& o) { o.rate_limits["/2/users/me"] = sandbox::route_limit(-1, 1); }));
    CHECK(refused([](options& o) { o.rate_window = std::chrono::seconds(0); }));
    CHECK(refused([](options& o) { o.request_token_ttl = std::chrono::seconds(0); }));
    CHECK_FALSE(refused([](options&) {}));
}

TEST_CASE("sandbox engine: a million users need no time to make")
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

TEST_CASE("sandbox engine: users's pictures are PNGs in four sizes")
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

TEST_CASE("sandbox engine: a request without a Host is refused where a URL of the sandbox is needed")
{
    signing_client client;
    const auto status = [&](const char* method, const char* target, const std::optional<std::string>& named = {}) {
        server::request r;
        r.method = method;
        r.target = target;
        if (named)
            r.headers.add("Host", *named);
        const auto response = client.send(r);
        CHECK(response.body.find("https:///") == std::string::npos);
        return response.status;
    };
    for (const auto* target : {"/oidc/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/oidc",
             "/google/.well-known/openid-configuration", "/oidc/authorize", "/oidc/userinfo", "/github/api/user",
             "/facebook/graph/v25.0/me", "/2/users/me", "/1.1/users/show.json", "/oauth/authorize", "/",
             "/oidc/device"}) {
        CAPTURE(std::string(target));
        CHECK(status("GET", target) == 400);
        CHECK(client.last_entry().at("refused") == "no_host");
        for (const auto* malformed : {"", "[::1", "a:b", ":4000", "127.0.0.1:0", "a/b"})
            CHECK(status("GET", target, malformed) == 400);
    }
    for (const auto* target : {"/oidc/token", "/oidc/device_authorization", "/oauth/request_token", "/2/tweets"})
        CHECK(status("POST", target) == 400);
    CHECK(status("GET", "/oidc/jwks") == 200);
    CHECK(status("GET", "/profile_images/1/normal.png") != 400);
    CHECK(status("GET", "/absent") == 404);
    for (const auto* good : {"[::1]:4000", "localhost", "localhost.:4000", "sandbox_1:65535"})
        CHECK(status("GET", "/oidc/.well-known/openid-configuration", good) == 200);
}
