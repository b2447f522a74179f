#include "twitter/routes.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/oauth1/parameters.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace coauth;
using namespace coauth::twitter;

namespace {

// "METHOD path?name=value&... | form | json", decoded, for tables.
std::string line(const http::request& request)
{
    CHECK(request.origin == http::parse_base_url("https://api.example.com").value().origin);
    const std::string_view target = request.target;
    const std::size_t path_end = std::min(target.find('?'), target.size());
    std::string out = request.method + ' ' + std::string(target.substr(0, path_end));
    char before = '?';
    for (const auto& [name, value] : oauth1::parse_form(target.substr(std::min(path_end + 1, target.size()))).value()) {
        out += before + name + '=' + value;
        before = '&';
    }
    const std::string_view type = request.headers.get("Content-Type");
    if (oauth1::is_form(type))
        for (const auto& [name, value] : oauth1::parse_form(request.body).value())
            out += " | " + name + '=' + value;
    else if (!request.body.empty())
        out += " | " + request.body;
    CHECK(type == (request.body.empty()             ? ""
                      : request.body.front() == '{' ? "application/json"
                                                    : "application/x-www-form-urlencoded"));
    return out;
}

const std::string fields =
    "created_at,description,entities,id,location,name,profile_image_url,protected,public_metrics,url,username,verified";

const routes v1_1(http::parse_base_url("https://api.example.com").value(), api_version::v1_1);
const routes v2(http::parse_base_url("https://api.example.com").value(), api_version::v2);

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
    CHECK(line(v2.me("7", "ann", false)) == "GET /2/users/me?user.fields=" + fields);
    CHECK(line(v2.me("", "", true)) == "GET /2/users/me?user.fields=confirmed_email," + fields);
    CHECK(line(v1_1.me("7", "ann", false)) == "GET /1.1/users/show.json?screen_name=ann&user_id=7");
    CHECK(line(v1_1.me("7", "", false)) == "GET /1.1/users/show.json?user_id=7");
    CHECK(line(v1_1.me("", "", false)) == "GET /1.1/account/verify_credentials.json?skip_status=true");
    CHECK(line(v1_1.me("7", "ann", true)) ==
          "GET /1.1/account/verify_credentials.json?skip_status=true&include_email=true");
}

TEST_CASE("routes: the request for one user")
{
    CHECK(line(v2.profile("ann")) == "GET /2/users/by/username/ann?user.fields=" + fields);
    CHECK(line(v2.profile(user_ref::id("7"))) == "GET /2/users/7?user.fields=" + fields);
    CHECK(line(v1_1.profile("ann")) == "GET /1.1/users/show.json?screen_name=ann");
    CHECK(line(v1_1.profile(user_ref::id("7"))) == "GET /1.1/users/show.json?user_id=7");
}

TEST_CASE("routes: the request for many users, each once")
{
    const std::vector<user_ref> names{"ann", "bob", "ANN"};
    const std::vector<user_ref> ids{user_ref::id("7"), user_ref::id("8"), user_ref::id("7")};
    CHECK(line(v2.profiles(names)) == "GET /2/users/by?usernames=ann,bob&user.fields=" + fields);
    CHECK(line(v2.profiles(ids)) == "GET /2/users?ids=7,8&user.fields=" + fields);
    CHECK(line(v1_1.profiles(names)) == "GET /1.1/users/lookup.json?screen_name=ann,bob");
    CHECK(line(v1_1.profiles(ids)) == "GET /1.1/users/lookup.json?user_id=7,8");
}

TEST_CASE("routes: the requests for pages")
{
    const page_options first;
    CHECK(line(v2.tweets("7", first)) == "GET /2/users/7/tweets?tweet.fields=author_id,created_at");
    CHECK(line(v2.tweets("7", third_page())) ==
          "GET /2/users/7/tweets?tweet.fields=author_id,created_at&max_results=50&pagination_token=99&since_id=10");
    CHECK(line(v1_1.tweets("7", first)) == "GET /1.1/statuses/user_timeline.json?user_id=7&tweet_mode=extended");
    CHECK(line(v1_1.tweets("7", third_page())) ==
          "GET /1.1/statuses/user_timeline.json?user_id=7&tweet_mode=extended&count=50&max_id=99&since_id=10");

    const std::string expansions = "?expansions=author_id&tweet.fields=author_id,created_at&user.fields=id,username";
    CHECK(line(v2.mentions("7", first)) == "GET /2/users/7/mentions" + expansions);
    CHECK(line(v2.mentions("7", third_page())) ==
          "GET /2/users/7/mentions" + expansions + "&max_results=50&pagination_token=99&since_id=10");
    CHECK(line(v1_1.mentions("7", third_page())) ==
          "GET /1.1/statuses/mentions_timeline.json?tweet_mode=extended&count=50&max_id=99&since_id=10");

    page_options followers;
    followers.count = 50;
    CHECK(line(v2.followers("7", followers)) == "GET /2/users/7/followers?user.fields=" + fields + "&max_results=50");
    CHECK(line(v1_1.followers("7", followers)) ==
          "GET /1.1/followers/list.json?user_id=7&skip_status=true&count=50&cursor=-1");
    followers.token = "15";
    CHECK(line(v1_1.followers("7", followers)) ==
          "GET /1.1/followers/list.json?user_id=7&skip_status=true&count=50&cursor=15");
}

TEST_CASE("routes: the requests for posting and deleting")
{
    CHECK(line(v2.post_tweet("hi \"you\"", "")) == R"(POST /2/tweets | {"text":"hi \"you\""})");
    CHECK(line(v2.post_tweet("hi", "5")) == R"(POST /2/tweets | {"text":"hi","reply":{"in_reply_to_tweet_id":"5"}})");
    CHECK(line(v1_1.post_tweet("hi & you", "")) ==
          "POST /1.1/statuses/update.json | status=hi & you | tweet_mode=extended");
    CHECK(line(v1_1.post_tweet("hi", "5")) ==
          "POST /1.1/statuses/update.json | status=hi | tweet_mode=extended | in_reply_to_status_id=5 | "
          "auto_populate_reply_metadata=true");
    CHECK(line(v2.delete_tweet("5")) == "DELETE /2/tweets/5");
    CHECK(line(v1_1.delete_tweet("5")) == "POST /1.1/statuses/destroy/5.json");
}

TEST_CASE("routes: a request is below the base, and its query is encoded as it is signed")
{
    const routes below(http::parse_base_url("https://api.example.com/x").value(), api_version::v1_1);
    CHECK(below.profiles({"ann", "bob"}).target == "/x/1.1/users/lookup.json?screen_name=ann%2Cbob");
    CHECK(below.delete_tweet("5").target == "/x/1.1/statuses/destroy/5.json");
    api_call call("GET", "/1.1/search%20.json");
    CHECK(below.any(call).target == "/x/1.1/search%20.json");
    call.query = {{"q", "a b+c*~"}, {"", ""}};
    CHECK(below.any(call).target == "/x/1.1/search%20.json?q=a%20b%2Bc%2A~&=");
}
