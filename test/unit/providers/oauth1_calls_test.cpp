// What a provider of OAuth 1.0a gets from the one driver of calls.
#include "unit/providers/osm_fixture.hpp"

#include <coauth/oauth1/signer.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace coauth;
using namespace coauth::providers::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* osm_ten_minutes_on = "Tue, 14 Nov 2023 22:23:20 GMT";
constexpr const char* osm_two_hours_on = "Wed, 15 Nov 2023 00:13:20 GMT";

std::shared_ptr<account> osm_account(osm_fixture& b, providers::oauth1_rules rules = osm_rules())
{
    return b.make(std::move(rules))
        ->open(credential(secret("oauth1 oauth_token=user-canary&oauth_token_secret=user-secret-canary")));
}

result<finished_login> finish_osm(const std::shared_ptr<login_provider>& provider, const begun_login& begun)
{
    return run(provider->finish(begun, "oob", "oauth_token=lt&oauth_verifier=v"));
}

// Repeats a request's signature, as it is or as it was sent.
class signature_echo final : public http::transport {
public:
    explicit signature_echo(bool encoded) : encoded_(encoded) {}

    boost::asio::awaitable<http::response> send(http::request request) override
    {
        const std::string signature = oauth(request, "oauth_signature");
        http::response response;
        response.status = 403;
        response.body = "bad " + (encoded_ ? text::percent_encode(signature) : signature);
        co_return response;
    }

private:
    const bool encoded_;
};

// HMAC-SHA1, which counts the keys that it prepares.
class osm_counting_method final : public oauth1::signature_algorithm {
public:
    std::string_view name() const noexcept override { return "HMAC-SHA1"; }
    std::unique_ptr<const oauth1::signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        ++keys;
        return oauth1::hmac_sha1()->make_key(consumer_secret, token_secret);
    }
    std::string body_hash(std::string_view body) const override { return oauth1::hmac_sha1()->body_hash(body); }

    mutable int keys = 0;
};

} // namespace

TEST_CASE("oauth1_provider: an account prepares its key once, for all requests and what is sent again")
{
    osm_fixture b;
    const auto method = std::make_shared<osm_counting_method>();
    providers::oauth1_rules rules = osm_rules();
    rules.method = method;
    const auto account = osm_account(b, std::move(rules));
    CHECK(method->keys == 2); // the app's and the account's
    b.wire->respond(200, "7 Ada").respond(200, "notes").respond(200, "notes");
    CHECK(run(account->me()));
    CHECK(run(account->call(http::get("https://api.example/notes?page=2"))));
    CHECK(run(account->call(http::get("https://api.example/notes?page=3"))));
    b.wire->seen.at(1).renew(b.wire->seen.at(1));
    CHECK(method->keys == 2);
}

TEST_CASE("oauth1_provider: a refused timestamp is corrected once, in every leg and call, and the correction is kept")
{
    osm_fixture b;
    const auto provider = b.make();
    b.wire->respond(401, "oauth_problem=timestamp_refused").header("Date", osm_ten_minutes_on);
    const begun_login begun = b.begin(provider);
    REQUIRE(b.wire->seen.size() == 2);
    CHECK(oauth(b.wire->seen[0], "oauth_timestamp") == "1700000000");
    CHECK(oauth(b.wire->seen[1], "oauth_timestamp") == "1700000600");
    CHECK(oauth(b.wire->seen[0], "oauth_nonce") != oauth(b.wire->seen[1], "oauth_nonce"));
    CHECK(b.time->sleeps.empty());

    b.answer_leg_3();
    b.wire->respond(200, "7 Ada");
    REQUIRE(finish_osm(provider, begun));
    CHECK(oauth(b.wire->seen[2], "oauth_timestamp") == "1700000600");

    osm_fixture leg_3;
    const begun_login login = leg_3.begin(leg_3.make());
    leg_3.wire->respond(400, "Timestamp is out of bounds").header("Date", osm_ten_minutes_on);
    leg_3.answer_leg_3();
    leg_3.wire->respond(200, "7 Ada");
    CHECK(finish_osm(leg_3.make(), login));

    // A call may be refused without a word about the reason.
    osm_fixture call;
    call.wire->respond(401, "").header("Date", osm_ten_minutes_on).respond(200, "7 Ada");
    CHECK(run(osm_account(call)->me()));
    CHECK(oauth(call.wire->seen[1], "oauth_timestamp") == "1700000600");
}

TEST_CASE("oauth1_provider: a bare 401 is not the clock's if the clocks agree, and in leg 3 it is the verifier's")
{
    osm_fixture b;
    b.wire->respond(401, "").header("Date", "Tue, 14 Nov 2023 22:14:20 GMT"); // a minute
    CHECK(run(osm_account(b)->me()).error().reason() == errc::token_revoked);
    CHECK(b.wire->seen.size() == 1);

    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    b.wire->respond(401, "").header("Date", osm_ten_minutes_on);
    CHECK(finish_osm(provider, begun).error().reason() == errc::invalid_verifier);
    CHECK(b.wire->done());

    osm_fixture wide;
    wide.wire->respond(401, "timestamp refused").header("Date", osm_two_hours_on);
    const auto refused = run(osm_account(wide)->me());
    CHECK(refused.error().reason() == errc::clock_skew);
    CHECK(refused.error().hint().value_or("").find("7200 s behind") != std::string::npos);
    CHECK(wide.wire->seen.size() == 1);
}

TEST_CASE("oauth1_provider: the GET of the profile is repeated in a login, and left to the caller in an account")
{
    osm_fixture b;
    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    b.answer_leg_3();
    b.wire->respond(503, "").respond(502, "<html>").respond(200, "7 Ada");
    const auto finished = finish_osm(provider, begun);
    REQUIRE(finished);
    CHECK(finished->user.id == "7");
    CHECK(b.time->sleeps.size() == 2);
    CHECK(oauth(b.wire->seen[3], "oauth_nonce") != oauth(b.wire->seen[4], "oauth_nonce"));

    b.wire->respond(503, "");
    CHECK(run(osm_account(b)->me()).error().reason() == errc::provider_unavailable);
    CHECK(b.wire->done());
}

TEST_CASE("oauth1_provider: the limits that a success states are its caller's")
{
    osm_fixture b;
    const auto account = osm_account(b);
    b.wire->respond(200, "7 Ada").header("X-RateLimit-Remaining", "3");
    rate_limits limits = run(account->me()).value().limits;
    REQUIRE(limits.window);
    CHECK(limits.window->remaining == 3);
    b.wire->respond(200, "notes").header("x-ratelimit-remaining", "2").header("x-ratelimit-reset", "1700000090");
    limits = run(account->call(http::get("https://api.example/notes"))).value().limits;
    REQUIRE(limits.window);
    CHECK(limits.window->remaining == 2);
    CHECK(limits.window->reset == std::chrono::sys_seconds(std::chrono::seconds(1'700'000'090)));
    CHECK(b.wire->done());
}

TEST_CASE("oauth1_provider: legs and other requests than GET are sent once while the provider is down")
{
    osm_fixture b;
    const auto provider = b.make();
    b.wire->respond(503, "").header("Retry-After", "1");
    CHECK(run(provider->begin("oob", login_request())).error().reason() == errc::provider_unavailable);
    const begun_login begun = b.begin(provider);
    b.wire->respond(503, "").header("Retry-After", "1");
    CHECK(finish_osm(provider, begun).error().reason() == errc::provider_unavailable);
    http::request post = http::get("https://api.example/notes");
    post.method = "POST";
    b.wire->respond(503, "").header("Retry-After", "1");
    CHECK(run(osm_account(b)->call(post)).error().reason() == errc::provider_unavailable);
    CHECK(b.wire->seen.size() == 4);
    CHECK(b.time->sleeps.empty());
    for (const http::request& sent : b.wire->seen)
        CHECK_FALSE(sent.renew);
}

TEST_CASE("oauth1_provider: a GET that the transport sends again is signed anew")
{
    osm_fixture b;
    b.wire->respond(200, "notes");
    REQUIRE(run(osm_account(b)->call(http::get("https://api.example/notes?page=2"))));
    http::request renewed = b.wire->seen.at(0);
    REQUIRE(renewed.renew);
    b.time->pass(3s);
    renewed.renew(renewed);
    CHECK(oauth(renewed, "oauth_timestamp") == "1700000003");
    CHECK(oauth(renewed, "oauth_nonce") != oauth(b.wire->seen[0], "oauth_nonce"));
    CHECK(renewed.target == "/notes?page=2");
    CHECK(renewed.headers.count("Authorization") == 1);
}

TEST_CASE("oauth1_provider: no error shows a key, token, secret, verifier or signature that the provider repeats")
{
    osm_fixture b;
    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    const auto leg_3_message = [&](const std::string& words) {
        b.wire->respond(403, words);
        return finish_osm(provider, begun).error().provider_message();
    };
    CHECK(leg_3_message("not allowed") == "not allowed");
    CHECK(leg_3_message("the key was consumer-canary&login-canary").empty());
    CHECK(leg_3_message("the key ends in login-canary").empty());
    const auto account = osm_account(b);
    for (const char* words : {"user-canary has expired", "user-secret-canary", "key=consumer-canary"}) {
        b.wire->respond(403, words);
        CHECK(run(account->me()).error().provider_message().empty());
    }
    for (const bool encoded : {false, true}) {
        const auto echo = std::make_shared<signature_echo>(encoded);
        const auto by_echo = providers::oauth1_provider(echo, oauth1::consumer("key", secret("s")), osm_rules(), b.time)
                                 ->open(credential(secret("oauth1 oauth_token=at&oauth_token_secret=s")));
        const auto refused = run(by_echo->me());
        CHECK(refused.error().reason() == errc::forbidden);
        CHECK(refused.error().provider_message().empty());
    }
}

TEST_CASE("oauth1_provider: a request's form is signed, and its own Authorization is not sent")
{
    osm_fixture b;
    http::request post = http::get("https://api.example/notes?a=b");
    post.method = "POST";
    post.headers.add("Authorization", "Basic canary");
    post.headers.add("Content-Type", "application/x-www-form-urlencoded");
    post.headers.add("Accept", "text/xml");
    post.body = "text=a%20b&c=";
    post.deadline = 7s;
    b.wire->respond(200, "done");
    REQUIRE(run(osm_account(b)->call(post)));
    const http::request& sent = b.wire->seen.at(0);
    CHECK(sent.body == "text=a%20b&c=");
    CHECK(sent.headers.count("Authorization") == 1);
    CHECK(sent.headers.count("Accept") == 1);
    CHECK(sent.headers.get("Accept") == "text/xml");
    CHECK(sent.deadline == 7s);

    const oauth1::signer by_hand(oauth1::consumer("key", secret("consumer-canary")),
        oauth1::access_token("user-canary", secret("user-secret-canary")));
    const oauth1::moment at(oauth(sent, "oauth_nonce"), 1700000000);
    const auto signed_one =
        by_hand.sign_request(oauth1::message("POST", "https://api.example/notes?a=b", "text=a%20b&c="), at);
    CHECK(sent.headers.get("Authorization") == signed_one->authorization);
}

TEST_CASE("oauth1_provider: a response that is encoded, which was not asked for, is refused")
{
    osm_fixture b;
    b.wire->respond(200, "\x1f\x8b").header("Content-Encoding", "gzip");
    const auto refused = run(osm_account(b)->me());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason() == errc::malformed_response);
    CHECK(refused.error().message().find("gzip") != std::string::npos);
    CHECK(b.wire->seen[0].headers.get("Accept-Encoding") == "identity");
}

TEST_CASE("oauth1_provider: a page in the place of a token, or a body too large for one, is named, with the status")
{
    osm_fixture b;
    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    for (const bool at_leg_1 : {true, false}) {
        const auto failure_for = [&](const std::string& body) {
            b.wire->respond(200, body);
            return at_leg_1 ? run(provider->begin("oob", login_request())).error()
                            : finish_osm(provider, begun).error();
        };
        const error page = failure_for("\xef\xbb\xbf<!doctype html><title>Wi-Fi</title>");
        CHECK(page.reason() == errc::malformed_response);
        CHECK(page.message() == "the provider answered with an HTML page instead of a token");
        CHECK(page.http_status() == 200);
        CHECK(failure_for(std::string(65 * 1024, 'a')).reason() == errc::response_too_large);
        CHECK(failure_for("neither").http_status() == 200);
    }
    b.wire->respond(200, "\xef\xbb\xbfoauth_token=at&oauth_token_secret=s").respond(200, "odd");
    const error odd = finish_osm(provider, begun).error();
    CHECK(odd.reason() == errc::malformed_response);
    CHECK(odd.http_status() == 200);
}

TEST_CASE("oauth1_provider: Retry-After is read as seconds, a fraction or a date")
{
    for (const auto& [text, expected] : {std::pair("7", 7), std::pair("1.5", 2),
             std::pair("Tue, 14 Nov 2023 22:13:50 GMT", 30), std::pair("99999999999999999999", 86460)}) {
        osm_fixture b;
        b.wire->respond(429, "").header("Retry-After", text);
        CHECK(run(osm_account(b)->me()).error().retry_after() == std::chrono::seconds(expected));
    }
}

TEST_CASE("oauth1_provider: the token of a login whose profile can't be had is revoked where the provider can")
{
    struct row {
        int status;
        const char* body;
        errc expected;
    };
    for (const row& each : {row{403, "no", errc::forbidden}, row{200, "odd", errc::malformed_response},
             row{200, "", errc::malformed_response}})
        for (const int at_revocation : {200, 500}) {
            osm_fixture b;
            auto rules = osm_rules();
            rules.revoke_url = "https://login.example/oauth/revoke";
            const auto provider = b.make(rules);
            const begun_login begun = b.begin(provider);
            b.answer_leg_3();
            b.wire->respond(each.status, each.body);
            b.wire->respond(at_revocation, "");
            CHECK(finish_osm(provider, begun).error().reason() == each.expected);
            REQUIRE(b.wire->done());
            CHECK(b.wire->seen.back().method == "POST");
            CHECK(b.wire->seen.back().target == "/oauth/revoke");
            CHECK(oauth(b.wire->seen.back(), "oauth_token") == "at");
        }

    osm_fixture without;
    const auto provider = without.make();
    const begun_login begun = without.begin(provider);
    without.answer_leg_3();
    without.wire->respond(403, "no");
    CHECK(finish_osm(provider, begun).error().reason() == errc::forbidden);
    CHECK(without.wire->done());
}

TEST_CASE("oauth1_provider: revoking sends one signed POST, or nothing where the provider has no address for it")
{
    const credential held(secret("oauth1 oauth_token=user-canary&oauth_token_secret=s"));
    osm_fixture b;
    CHECK(run(b.make()->revoke(held)).has_value());
    CHECK(b.wire->seen.empty());
    auto rules = osm_rules();
    rules.revoke_url = "https://login.example/oauth/revoke";
    b.wire->respond(200, "");
    CHECK(run(b.make(rules)->revoke(held)).has_value());
    CHECK(oauth(b.wire->seen.at(0), "oauth_token") == "user-canary");
    CHECK(run(b.make(rules)->revoke(credential(secret("oauth2 at")))).error().reason() == errc::token_revoked);
    rules.revoke_url = "relative";
    CHECK_THROWS_AS(b.make(rules), error);
}
