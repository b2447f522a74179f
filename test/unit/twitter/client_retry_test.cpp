#include "fake_provider.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::twitter::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* refused_time = R"({"errors":[{"code":135,"message":"Timestamp out of bounds."}]})";
constexpr const char* refused_signature = R"({"errors":[{"code":32,"message":"Could not authenticate you."}]})";
constexpr const char* ten_minutes_on = "Tue, 14 Nov 2023 22:23:20 GMT";
constexpr const char* two_hours_on = "Wed, 15 Nov 2023 00:13:20 GMT";
constexpr const char* leg_1_response = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
constexpr const char* someone = R"({"data":{"id":"7","username":"ann","name":"Ann"}})";

} // namespace

TEST_CASE("client: a clock that is ten minutes off is corrected once, with a new nonce, and the correction is kept")
{
    for (const char* body : {refused_time, refused_signature}) {
        client_fixture b;
        client c = b.make();
        b.wire->respond(401, body).header("date", ten_minutes_on);
        b.wire->respond(200, leg_1_response);
        CHECK(c.clock_offset() == 0s);
        CHECK(run(c.request_token("oob")));
        REQUIRE(b.wire->seen.size() == 2);
        CHECK(oauth(b.wire->seen[0], "oauth_timestamp") == "1700000000");
        CHECK(oauth(b.wire->seen[1], "oauth_timestamp") == "1700000600");
        CHECK(oauth(b.wire->seen[0], "oauth_nonce") == "nonce-1");
        CHECK(oauth(b.wire->seen[1], "oauth_nonce") == "nonce-2");
        CHECK(oauth(b.wire->seen[0], "oauth_signature") != oauth(b.wire->seen[1], "oauth_signature"));
        CHECK(c.clock_offset() == 600s);

        // The next call begins with what was learnt.
        b.wire->respond(200, someone);
        CHECK(run(c.for_user(b.user).profile("ann")));
        CHECK(oauth(b.wire->seen[2], "oauth_timestamp") == "1700000600");
        CHECK(b.time->sleeps.empty());
    }
}

TEST_CASE("client: a POST refused for its time was not carried out, and is sent with the corrected time too")
{
    client_fixture b;
    b.wire->respond(401, refused_time).header("date", ten_minutes_on);
    b.wire->respond(201, R"({"data":{"id":"5","text":"hi"}})");
    CHECK(run(b.make().for_user(b.user).post_tweet("hi")));
    REQUIRE(b.wire->seen.size() == 2);
    CHECK(b.wire->seen[0].body == b.wire->seen[1].body);
}

TEST_CASE("client: a bare 401 of API 2 is retried if the clocks differ, and a mistyped PIN is not")
{
    client_fixture b;
    b.wire->respond(401, R"({"title":"Unauthorized","type":"about:blank","status":401})")
        .header("date", ten_minutes_on);
    b.wire->respond(200, someone);
    CHECK(run(b.make().for_user(b.user).profile("ann")));
    client_fixture pin;
    pin.wire->respond(401, "Invalid oauth_verifier parameter").header("date", ten_minutes_on);
    CHECK(run(pin.make().access_token(pin.login, "1234567")).error().reason() == errc::invalid_verifier);
    CHECK(pin.wire->seen.size() == 1);
}

TEST_CASE("client: a second refusal is the result, and nothing is learnt from it")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(401, refused_time).header("date", ten_minutes_on);
    b.wire->respond(401, refused_time).header("date", two_hours_on);
    const auto refused = run(c.request_token("oob"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason() == errc::clock_skew);
    CHECK(c.clock_offset() == 0s);
    CHECK(b.wire->done());
}

TEST_CASE("client: a clock that is two hours off is reported and not corrected")
{
    for (const char* body : {refused_time, refused_signature}) {
        client_fixture b;
        b.wire->respond(401, body).header("date", two_hours_on);
        const auto refused = run(b.make().request_token("oob"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::clock_skew);
        CHECK(refused.error().http_status() == 401);
        CHECK(refused.error().provider_code().has_value());
        REQUIRE(refused.error().hint());
        CHECK(refused.error().hint()->find("7200 s behind the provider's") != std::string::npos);
    }
}

TEST_CASE("client: without a Date no clock is corrected")
{
    client_fixture b;
    b.wire->respond(401, refused_time);
    CHECK(run(b.make().request_token("oob")).error().reason() == errc::clock_skew);
    client_fixture keys;
    keys.wire->respond(401, refused_signature).header("date", "Tue, 14 Nov 2023 22:13:20 GMT");
    CHECK(run(keys.make().request_token("oob")).error().reason() == errc::invalid_credentials);
}

TEST_CASE("client: a GET is repeated while the provider is down, each time with a new nonce")
{
    client_fixture b;
    b.wire->respond(503, "")
        .respond(500, R"({"errors":[{"code":131,"message":"Internal error"}]})")
        .respond(200, someone);
    const auto found = run(b.make().for_user(b.user).profile("ann"));
    REQUIRE(found);
    CHECK(found->id == "7");
    REQUIRE(b.wire->seen.size() == 3);
    CHECK(oauth(b.wire->seen[1], "oauth_nonce") == "nonce-2");
    CHECK(oauth(b.wire->seen[2], "oauth_nonce") == "nonce-3");
    REQUIRE(b.time->sleeps.size() == 2);
    CHECK(b.time->sleeps[0] < 250ms);
    CHECK(b.time->sleeps[1] < 500ms);
}

TEST_CASE("client: the retry budget ends a GET's retries")
{
    client_fixture b;
    for (int i = 0; i < 3; ++i)
        b.wire->respond(503, "").header("retry-after", "2");
    const auto refused = run(b.make().for_user(b.user).profile("ann"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason() == errc::provider_unavailable);
    CHECK(b.time->sleeps == std::vector<std::chrono::milliseconds>{2s, 2s});
    CHECK(b.wire->done());

    client_fixture once;
    once.options.retry_budget = 0ms;
    once.wire->respond(503, "");
    CHECK_FALSE(run(once.make().for_user(once.user).profile("ann")));
    CHECK(once.wire->seen.size() == 1);
}

TEST_CASE("client: legs, posts and deletions are never repeated for a provider that is down")
{
    const auto sent_once = [](auto operation) {
        client_fixture b;
        b.wire->respond(503, "").header("retry-after", "1");
        const auto refused = run(operation(b));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::provider_unavailable);
        CHECK(b.wire->seen.size() == 1);
        CHECK(b.time->sleeps.empty());
        CHECK_FALSE(b.wire->seen[0].renew);
    };
    sent_once([](client_fixture& b) { return b.make().request_token("oob"); });
    sent_once([](client_fixture& b) { return b.make().access_token(b.login, "1234567"); });
    sent_once([](client_fixture& b) { return b.make().for_user(b.user).invalidate_token(); });
    sent_once([](client_fixture& b) { return b.make().for_user(b.user).post_tweet("hi"); });
    sent_once([](client_fixture& b) { return b.make().for_user(b.user).delete_tweet("5"); });
    sent_once([](client_fixture& b) { return b.make().for_user(b.user).request(api_call("PUT", "/2/x")); });
}

TEST_CASE("client: after an exhausted rate limit or a broken connection, repeating is up to the caller")
{
    client_fixture b;
    b.wire->respond(429, "").header("retry-after", "1");
    const auto limited = run(b.make().for_user(b.user).profile("ann"));
    REQUIRE_FALSE(limited);
    CHECK(limited.error().reason() == errc::rate_limited);
    CHECK(limited.error().retry_after() == 1s);
    CHECK(b.wire->seen.size() == 1);

    client_fixture broken;
    broken.wire->fail(error(errc::connection_lost));
    CHECK(run(broken.make().for_user(broken.user).profile("ann")).error().reason() == errc::connection_lost);
    CHECK(broken.wire->seen.size() == 1);
}

TEST_CASE("client: a GET that the transport sends again is signed anew")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(200, someone);
    CHECK(run(c.for_user(b.user).profile("ann")));
    http::request renewed = b.wire->seen.at(0);
    REQUIRE(renewed.renew);
    b.time->pass(3s);
    renewed.renew(renewed);
    CHECK(oauth(renewed, "oauth_nonce") == "nonce-2");
    CHECK(oauth(renewed, "oauth_timestamp") == "1700000003");
    CHECK(oauth(renewed, "oauth_signature") != oauth(b.wire->seen[0], "oauth_signature"));
    CHECK(renewed.headers.count("authorization") == 1);
    CHECK(renewed.target == b.wire->seen[0].target);
}

TEST_CASE("client: an operation outlives its client")
{
    client_fixture b;
    b.wire->respond(503, "").respond(200, someone);
    auto c = std::make_unique<client>(b.make());
    auto operation = c->for_user(b.user).profile("ann");
    c.reset();
    CHECK(run(std::move(operation)));
}

namespace {

// A transport that never responds.
class silent_transport final : public http::transport {
public:
    boost::asio::awaitable<http::response> send(http::request) override
    {
        const auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer never(executor, std::chrono::steady_clock::time_point::max());
        co_await never.async_wait(boost::asio::use_awaitable);
        co_return http::response();
    }
};

} // namespace

TEST_CASE("client: cancelling is a typed error")
{
    client_fixture b;
    client c(std::make_shared<silent_transport>(), oauth1::consumer("k", secret("s")), b.options);
    boost::asio::io_context context;
    boost::asio::cancellation_signal cancel;
    std::optional<result<reply<profile>>> outcome;
    std::exception_ptr failure;
    boost::asio::co_spawn(context, c.for_user(b.user).me(),
        boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, reply<profile>) { failure = e; }));
    context.poll();
    cancel.emit(boost::asio::cancellation_type::terminal);
    context.run();
    REQUIRE(failure);
    try {
        std::rethrow_exception(failure);
    } catch (const error& e) {
        CHECK(e.reason() == errc::cancelled);
    }
}
