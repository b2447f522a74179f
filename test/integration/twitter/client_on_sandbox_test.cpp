// The client and the sandbox share no code; here they talk to each other over TLS, in both APIs.
#include <coauth/coro/as_result.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <set>

namespace asio = boost::asio;
namespace twitter = coauth::twitter;
using coauth::errc;
using coauth::user_ref;
using twitter::api_version;

namespace {

class client_on_sandbox {
public:
    explicit client_on_sandbox(api_version api, coauth::sandbox::options sandbox_options = coauth::sandbox::options())
        : sandbox(io.get_executor(), std::move(sandbox_options))
    {
        coauth::http::pool_options pool;
        pool.trust = coauth::http::tls_trust::ca_file(sandbox.ca_file());
        twitter::client_options options;
        options.endpoints = twitter::endpoints(sandbox.url());
        options.api = api;
        options.want_email = want_email;
        client.emplace(
            std::make_shared<coauth::http::connection_pool>(io.get_executor(), pool), sandbox.consumer(), options);
    }

    template <class T>
    coauth::result<T> run(asio::awaitable<T> op)
    {
        std::optional<coauth::result<T>> out;
        asio::co_spawn(io, keep(std::move(op), out), [this](std::exception_ptr) { io.stop(); });
        io.run();
        io.restart();
        REQUIRE(out);
        return std::move(*out);
    }

    // Not every result can be made from nothing, which `co_spawn` would ask of it.
    template <class T>
    static asio::awaitable<void> keep(asio::awaitable<T> op, std::optional<coauth::result<T>>& out)
    {
        coauth::result<T> r = co_await coauth::as_result(std::move(op));
        out.emplace(std::move(r));
    }

    coauth::oauth1::access_token user(const char* name) { return sandbox.issue_access_token(name); }

    static inline bool want_email = false;
    asio::io_context io;
    coauth::sandbox::provider sandbox;
    std::optional<twitter::client> client;
};

template <class Check>
void in_both_apis(Check check)
{
    for (const auto api : {api_version::v2, api_version::v1_1}) {
        CAPTURE(api == api_version::v2);
        check(api);
    }
}

} // namespace

TEST_CASE("client on the sandbox: both APIs give the same profile")
{
    std::vector<coauth::profile> seen;
    in_both_apis([&](api_version api) {
        client_on_sandbox m(api);
        const auto me = m.run(m.client->for_user(m.user("user_1")).me()).value();
        CHECK(me.username == "user_1");
        CHECK(me.limits.window.has_value());
        const auto same = m.run(m.client->for_user(m.user("user_2")).profile(user_ref::id(me.id))).value();
        CHECK(same.name == me.name);
        CHECK(m.run(m.client->for_user(m.user("user_2")).profile("USER_1")).value().id == me.id);
        seen.push_back(me);
    });
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].id == seen[1].id);
    CHECK(seen[0].name == seen[1].name);
    CHECK(seen[0].description == seen[1].description);
    CHECK(seen[0].location == seen[1].location);
    CHECK(seen[0].url == seen[1].url);
    CHECK(seen[0].is_protected == seen[1].is_protected);
    CHECK(seen[0].verified == seen[1].verified);
    CHECK(seen[0].followers_count == seen[1].followers_count);
    CHECK(seen[0].following_count == seen[1].following_count);
    CHECK(seen[0].tweet_count == seen[1].tweet_count);
    CHECK(seen[0].created_at == seen[1].created_at);
    CHECK(seen[0].picture.has_value());
}

TEST_CASE("client on the sandbox: a hundred users in one request, each outcome with its name")
{
    in_both_apis([](api_version api) {
        coauth::sandbox::options options;
        options.users = 120;
        client_on_sandbox m(api, options);
        std::vector<user_ref> users;
        for (int i = 1; i <= 98; ++i)
            users.emplace_back("user_" + std::to_string(i));
        users.emplace_back("not_a_user");
        users.emplace_back("User_1");
        const auto found = m.run(m.client->for_user(m.user("user_1")).profiles(users)).value();
        REQUIRE(found.outcomes.size() == 100);
        for (std::size_t i = 0; i < 98; ++i) {
            REQUIRE(found.outcomes[i].profile);
            CHECK(found.outcomes[i].profile->username == users[i].text());
        }
        CHECK(found.outcomes[98].outcome == coauth::lookup_outcome::not_found);
        REQUIRE(found.outcomes[99].profile);
        CHECK(found.outcomes[99].profile->username == "user_1");

        std::vector<user_ref> ids;
        for (const auto& one : found.outcomes)
            if (one.profile)
                ids.push_back(user_ref::id(one.profile->id));
        const auto by_id = m.run(m.client->for_user(m.user("user_1")).profiles(ids)).value();
        for (std::size_t i = 0; i < ids.size(); ++i)
            CHECK(by_id.outcomes[i].profile.value().id == ids[i].text());
        CHECK(m.run(m.client->for_user(m.user("user_1")).profiles({"not_a_user"})).value().outcomes[0].outcome ==
              coauth::lookup_outcome::not_found);
    });
}

TEST_CASE("client on the sandbox: pages follow each other to the end, without gap or repetition")
{
    in_both_apis([](api_version api) {
        client_on_sandbox m(api);
        const auto user = m.user("user_1");
        const auto id = m.run(m.client->for_user(user).me()).value().id;

        std::set<std::string> tweets;
        twitter::page_options options;
        options.count = 7;
        int pages = 0;
        do {
            const auto page = m.run(m.client->for_user(user).tweets(id, options)).value();
            for (const auto& t : page.items)
                CHECK(tweets.insert(t.id).second);
            options.token = page.next.value_or("");
            REQUIRE(++pages < 20);
        } while (!options.token.empty());
        CHECK(tweets.size() == 30);

        std::set<std::string> followers;
        options = twitter::page_options();
        options.count = 4;
        do {
            const auto page = m.run(m.client->for_user(user).followers(id, options)).value();
            for (const auto& p : page.items)
                CHECK(followers.insert(p.id).second);
            options.token = page.next.value_or("");
        } while (!options.token.empty());
        CHECK(followers.size() == 9);
    });
}

TEST_CASE("client on the sandbox: mentions after the last one seen, and a reply to one")
{
    in_both_apis([](api_version api) {
        client_on_sandbox m(api);
        const auto user = m.user("user_1");
        const auto id = m.run(m.client->for_user(user).me()).value().id;
        const auto first = m.run(m.client->for_user(user).mentions(id)).value();
        REQUIRE(first.items.size() > 1);
        CHECK(first.items[0].author_username.has_value());

        twitter::page_options after;
        after.since_id = first.newest_id.value();
        CHECK(m.run(m.client->for_user(user).mentions(id, after)).value().items.empty());

        const std::string text = "@" + *first.items[0].author_username + " hello, ☃ & <all> + you";
        const auto posted = m.run(m.client->for_user(user).post_tweet(text, first.items[0].id)).value();
        CHECK(posted.text == text);
        CHECK(m.run(m.client->for_user(user).post_tweet(text, first.items[0].id)).error().reason() == errc::duplicate);
        CHECK(m.run(m.client->for_user(user).delete_tweet(posted.id)).has_value());
    });
}

TEST_CASE("client on the sandbox: a token that was made invalid is revoked for good")
{
    in_both_apis([](api_version api) {
        client_on_sandbox m(api);
        const auto user = m.user("user_3");
        CHECK(m.run(m.client->for_user(user).me()).has_value());
        CHECK(m.run(m.client->for_user(user).invalidate_token()).has_value());
        CHECK(m.run(m.client->for_user(user).me()).error().reason() == errc::token_revoked);
    });
}

TEST_CASE("client on the sandbox: any other signed call, with its rate window")
{
    client_on_sandbox m(api_version::v2);
    twitter::api_call call("GET", "/2/users/by/username/user_4");
    call.query = {{"user.fields", "id,name"}};
    const auto response = m.run(m.client->for_user(m.user("user_1")).request(call)).value();
    CHECK(response.status == 200);
    CHECK(response.body.find("user_4") != std::string::npos);
    const auto& window = response.limits.window.value();
    CHECK(window.remaining.value() == window.limit.value() - 1);
}

TEST_CASE("client on the sandbox: an exhausted window is an error with its end, and sends no second request")
{
    in_both_apis([](api_version api) {
        coauth::sandbox::options options;
        options.rate_limits["/2/users/by/username/:username"] = coauth::sandbox::route_limit(1, 0);
        options.rate_limits["/1.1/users/show.json"] = coauth::sandbox::route_limit(1, 0);
        client_on_sandbox m(api, options);
        const auto user = m.user("user_1");
        CHECK(m.run(m.client->for_user(user).profile("user_2")).has_value());
        const auto refused = m.run(m.client->for_user(user).profile("user_2"));
        CHECK(refused.error().reason() == errc::rate_limited);
        CHECK(refused.error().retry_after().value_or(std::chrono::seconds(0)).count() > 0);
    });
}

TEST_CASE("client on the sandbox: a GET succeeds after a short outage, a POST fails")
{
    in_both_apis([](api_version api) {
        client_on_sandbox m(api);
        const auto user = m.user("user_1");
        m.sandbox.set_faults(R"([{"route": "/2/users/by/username/:username", "status": 503},
                                 {"route": "/1.1/users/show.json", "status": 503},
                                 {"route": "/2/tweets", "status": 503},
                                 {"route": "/1.1/statuses/update.json", "status": 503}])");
        CHECK(m.run(m.client->for_user(user).profile("user_2")).value().username == "user_2");
        CHECK(m.run(m.client->for_user(user).post_tweet("once")).error().reason() == errc::provider_unavailable);
    });
}

TEST_CASE("client on the sandbox: a clock that is off by ten minutes is corrected once, in a leg as in a call")
{
    in_both_apis([](api_version api) {
        for (const int minutes : {10, -10}) {
            coauth::sandbox::options options;
            options.clock_skew = std::chrono::minutes(minutes);
            client_on_sandbox m(api, options);
            CHECK(m.run(m.client->request_token("oob")).has_value());
            CHECK(std::abs((m.client->clock_offset() - options.clock_skew).count()) <= 2);
            CHECK(m.run(m.client->for_user(m.user("user_1")).me()).has_value());
        }
        coauth::sandbox::options options;
        options.clock_skew = std::chrono::hours(2);
        client_on_sandbox m(api, options);
        CHECK(m.run(m.client->request_token("oob")).error().reason() == errc::clock_skew);
        CHECK(m.client->clock_offset().count() == 0);
    });
}

TEST_CASE("client on the sandbox: the e-mail address comes where it is asked for")
{
    in_both_apis([](api_version api) {
        coauth::sandbox::options options;
        options.seed = R"({"users": [{"id": "11", "username": "ada", "name": "Ada", "email": "ada@example.com"}]})";
        client_on_sandbox::want_email = true;
        client_on_sandbox m(api, options);
        client_on_sandbox::want_email = false;
        CHECK(m.run(m.client->for_user(m.user("ada")).me()).value().email == "ada@example.com");
    });
}
