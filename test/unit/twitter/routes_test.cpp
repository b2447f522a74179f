#include "twitter/routes.hpp"

#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;

namespace {

// "METHOD path?name=value&... | form | json", decoded, for tables.
std::string line(const api_call& call)
{
    std::string out = call.method + ' ' + call.path;
    char before = '?';
    for (const auto& [name, value] : call.query) {
        out += before + name + '=' + value;
        before = '&';
    }
    for (const auto& [name, value] : call.form)
        out += " | " + name + '=' + value;
    if (!call.json.empty())
        out += " | " + call.json;
    return out;
}

const std::string fields =
    "created_at,description,entities,id,location,name,profile_image_url,protected,public_metrics,url,username,verified";

constexpr api_version v1_1 = api_version::v1_1;
constexpr api_version v2 = api_version::v2;

page_options third_page()
{
    page_options options;
    options.count = 50;
    options.token = "99";
    options.since_id = "10";
    return options;
}

} // namespace

TEST_CASE("routes: the request for the token's user")
{
    CHECK(line(routes::me(v2, "7", "ann", false)) == "GET /2/users/me?user.fields=" + fields);
    CHECK(line(routes::me(v2, "", "", true)) == "GET /2/users/me?user.fields=confirmed_email," + fields);
    CHECK(line(routes::me(v1_1, "7", "ann", false)) == "GET /1.1/users/show.json?screen_name=ann&user_id=7");
    CHECK(line(routes::me(v1_1, "7", "", false)) == "GET /1.1/users/show.json?user_id=7");
    CHECK(line(routes::me(v1_1, "", "", false)) == "GET /1.1/account/verify_credentials.json?skip_status=true");
    CHECK(line(routes::me(v1_1, "7", "ann", true)) ==
          "GET /1.1/account/verify_credentials.json?skip_status=true&include_email=true");
}

TEST_CASE("routes: the request for one user")
{
    CHECK(line(routes::profile(v2, "ann")) == "GET /2/users/by/username/ann?user.fields=" + fields);
    CHECK(line(routes::profile(v2, user_ref::id("7"))) == "GET /2/users/7?user.fields=" + fields);
    CHECK(line(routes::profile(v1_1, "ann")) == "GET /1.1/users/show.json?screen_name=ann");
    CHECK(line(routes::profile(v1_1, user_ref::id("7"))) == "GET /1.1/users/show.json?user_id=7");
}

TEST_CASE("routes: the request for many users, each once")
{
    const std::vector<user_ref> names{"ann", "bob", "ANN"};
    const std::vector<user_ref> ids{user_ref::id("7"), user_ref::id("8"), user_ref::id("7")};
    CHECK(line(routes::profiles(v2, names)) == "GET /2/users/by?usernames=ann,bob&user.fields=" + fields);
    CHECK(line(routes::profiles(v2, ids)) == "GET /2/users?ids=7,8&user.fields=" + fields);
    CHECK(line(routes::profiles(v1_1, names)) == "GET /1.1/users/lookup.json?screen_name=ann,bob");
    CHECK(line(routes::profiles(v1_1, ids)) == "GET /1.1/users/lookup.json?user_id=7,8");
}

TEST_CASE("routes: the requests for pages")
{
    const page_options first;
    CHECK(line(routes::tweets(v2, "7", first)) == "GET /2/users/7/tweets?tweet.fields=author_id,created_at");
    CHECK(line(routes::tweets(v2, "7", third_page())) ==
          "GET /2/users/7/tweets?tweet.fields=author_id,created_at&max_results=50&pagination_token=99&since_id=10");
    CHECK(
        line(routes::tweets(v1_1, "7", first)) == "GET /1.1/statuses/user_timeline.json?user_id=7&tweet_mode=extended");
    CHECK(line(routes::tweets(v1_1, "7", third_page())) ==
          "GET /1.1/statuses/user_timeline.json?user_id=7&tweet_mode=extended&count=50&max_id=99&since_id=10");

    const std::string expansions = "?expansions=author_id&tweet.fields=author_id,created_at&user.fields=id,username";
    CHECK(line(routes::mentions(v2, "7", first)) == "GET /2/users/7/mentions" + expansions);
    CHECK(line(routes::mentions(v2, "7", third_page())) ==
          "GET /2/users/7/mentions" + expansions + "&max_results=50&pagination_token=99&since_id=10");
    CHECK(line(routes::mentions(v1_1, "7", third_page())) ==
          "GET /1.1/statuses/mentions_timeline.json?tweet_mode=extended&count=50&max_id=99&since_id=10");

    page_options followers;
    followers.count = 50;
    CHECK(line(routes::followers(v2, "7", followers)) ==
          "GET /2/users/7/followers?user.fields=" + fields + "&max_results=50");
    CHECK(line(routes::followers(v1_1, "7", followers)) ==
          "GET /1.1/followers/list.json?user_id=7&skip_status=true&count=50&cursor=-1");
    followers.token = "15";
    CHECK(line(routes::followers(v1_1, "7", followers)) ==
          "GET /1.1/followers/list.json?user_id=7&skip_status=true&count=50&cursor=15");
}

TEST_CASE("routes: the requests for posting and deleting")
{
    CHECK(line(routes::post_tweet(v2, "hi \"you\"", "")) == R"(POST /2/tweets | {"text":"hi \"you\""})");
    CHECK(line(routes::post_tweet(v2, "hi", "5")) ==
          R"(POST /2/tweets | {"text":"hi","reply":{"in_reply_to_tweet_id":"5"}})");
    CHECK(line(routes::post_tweet(v1_1, "hi & you", "")) ==
          "POST /1.1/statuses/update.json | status=hi & you | tweet_mode=extended");
    CHECK(line(routes::post_tweet(v1_1, "hi", "5")) ==
          "POST /1.1/statuses/update.json | status=hi | tweet_mode=extended | in_reply_to_status_id=5 | "
          "auto_populate_reply_metadata=true");
    CHECK(line(routes::delete_tweet(v2, "5")) == "DELETE /2/tweets/5");
    CHECK(line(routes::delete_tweet(v1_1, "5")) == "POST /1.1/statuses/destroy/5.json");
}
