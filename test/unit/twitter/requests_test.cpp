// Requests for `session::call`: the same as `user_client` sends, and the same readers.
#include "unit/twitter/fake_provider.hpp"

#include <coauth/twitter/provider.hpp>
#include <coauth/twitter/requests.hpp>

#include <doctest/doctest.h>

using namespace coauth;
using namespace coauth::twitter;
using coauth::twitter::testing::run;

namespace {

http::response whole_response(int status, std::string body)
{
    http::response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

} // namespace

TEST_CASE("requests: an account sends what user_client sends")
{
    for (const api_version api : {api_version::v2, api_version::v1_1}) {
        client_fixture f(api);
        const auto account = provider(f.make())->open(credential_of(f.user));
        page_options page;
        page.count = 10;
        const std::vector<std::pair<http::request, std::function<boost::asio::awaitable<void>()>>> all = {
            {tweets_request(f.options, "7", page),
                [&]() -> boost::asio::awaitable<void> { co_await f.make().for_user(f.user).tweets("7", page); }},
            {mentions_request(f.options, "7", page),
                [&]() -> boost::asio::awaitable<void> { co_await f.make().for_user(f.user).mentions("7", page); }},
            {followers_request(f.options, "7", page),
                [&]() -> boost::asio::awaitable<void> { co_await f.make().for_user(f.user).followers("7", page); }},
            {post_tweet_request(f.options, "h\xc3\xa9llo & you", "20"),
                [&]() -> boost::asio::awaitable<void> {
                    co_await f.make().for_user(f.user).post_tweet("h\xc3\xa9llo & you", "20");
                }},
        };
        for (const auto& [request, call] : all) {
            f.wire->respond(500, "");
            run(account->call(request));
            f.options.retry_budget = std::chrono::milliseconds(0);
            f.wire->respond(500, "");
            run(call());
            const http::request& ours = f.wire->seen[f.wire->seen.size() - 2];
            const http::request& theirs = f.wire->seen.back();
            CHECK(ours.method == theirs.method);
            CHECK(ours.target == theirs.target);
            CHECK(ours.body == theirs.body);
            CHECK(ours.headers.get("Content-Type") == theirs.headers.get("Content-Type"));
            CHECK(ours.headers.count("Authorization") == 1);
        }
    }
}

TEST_CASE("requests: readers give the values, and their errors have the status")
{
    client_options options;
    const auto tweets = read_tweets(options, whole_response(200, R"({"data":[{"id":"20","text":"hi"}],"meta":{}})"));
    REQUIRE(tweets.items.size() == 1);
    CHECK(tweets.items.front().id == "20");
    const auto users = read_followers(
        options, whole_response(200, R"({"data":[{"id":"7","username":"ada","name":"Ada"}],"meta":{}})"));
    CHECK(users.items.front().username == "ada");
    CHECK(read_posted_tweet(options, whole_response(201, R"({"data":{"id":"21","text":"hi"}})")).id == "21");
    try {
        read_tweets(options, whole_response(200, "<html>"));
        FAIL("no error");
    } catch (const error& e) {
        CHECK(e.reason() == errc::malformed_response);
        CHECK(e.http_status() == 200);
    }
}

TEST_CASE("requests: a request for another host than X's gets no signature, and an Authorization of its caller's own "
          "is left out")
{
    client_fixture f;
    const auto account = provider(f.make())->open(credential_of(f.user));
    CHECK_THROWS_AS(static_cast<void>(account->call(http::get("https://elsewhere.example/2/tweets"))), error);
    http::request request = http::get("https://api.example.com/2/tweets?ids=1");
    request.headers.add("authorization", "Bearer stolen");
    request.headers.add("If-None-Match", "\"a\"");
    f.wire->respond(200, "{}");
    REQUIRE(run(account->call(request)));
    CHECK(f.wire->seen.back().headers.count("Authorization") == 1);
    CHECK(f.wire->seen.back().headers.get("Authorization").starts_with("OAuth "));
    CHECK(f.wire->seen.back().headers.get("If-None-Match") == "\"a\"");
}

TEST_CASE("provider: a login whose token names no user asks X, and revokes the token if that fails")
{
    client_fixture f;
    const auto x = provider(f.make());
    const auto begin = [&] {
        f.wire->respond(200, "oauth_token=lt&oauth_token_secret=ls&oauth_callback_confirmed=true");
        return run(x->begin("https://app.example/callback", login_request())).value();
    };
    const begun_login named = begin();
    CHECK(named.key == "lt");
    CHECK(named.url.find("/oauth/authenticate?oauth_token=lt") != std::string::npos);
    f.wire->respond(200, "oauth_token=at&oauth_token_secret=as&user_id=7&screen_name=ada");
    const auto finished = run(x->finish(named, "https://app.example/callback", "oauth_token=lt&oauth_verifier=v"));
    REQUIRE(finished);
    CHECK(finished->user.id == "7");
    CHECK(finished->user.username == "ada");
    CHECK(access_token_of(finished->held).token() == "at");
    CHECK(run(x->finish(named, "", "denied=lt")).error().reason() == errc::denied);

    const begun_login unnamed = begin();
    f.options.retry_budget = std::chrono::milliseconds(0);
    f.wire->respond(200, "oauth_token=at&oauth_token_secret=as");
    f.wire->respond(403, "{}");
    f.wire->respond(200, "{}");
    const auto failed = run(x->finish(unnamed, "", "oauth_token=lt&oauth_verifier=v"));
    CHECK(failed.error().reason() == errc::forbidden);
    CHECK(f.wire->seen.back().target == "/1.1/oauth/invalidate_token.json");
    CHECK(f.wire->done());
}

TEST_CASE("provider: what a login asks for, in X's words")
{
    client_fixture f;
    const auto x = provider(f.make());
    CHECK(x->name() == "x");
    login_request request;
    request.ask_again = true;
    request.force_login = true;
    request.login_hint = "ada";
    request.scope = "read";
    request.parameters.emplace_back("lang", "de");
    request.parameters.emplace_back("unknown", "left out");
    f.wire->respond(200, "oauth_token=lt&oauth_token_secret=ls&oauth_callback_confirmed=true");
    const begun_login begun = run(x->begin("oob", request)).value();
    CHECK(begun.url.ends_with("/oauth/authorize?oauth_token=lt&force_login=true&screen_name=ada&lang=de"));
    CHECK(f.wire->seen.back().body == "x_auth_access_type=read");
    request.scope = "email";
    CHECK(run(x->begin("oob", request)).error().reason() == errc::invalid_argument);
    CHECK(f.wire->done());
    CHECK(x->key_of("oauth_token=lt&oauth_verifier=v").value() == "lt");
    CHECK(x->key_of("denied=lt").value() == "lt");
    CHECK(x->key_of("code=1&state=2").error().reason() == errc::invalid_argument);
    CHECK_THROWS_AS(x->open(credential(secret("oauth2 access"))), error);
}
