// Old requests, requests sent twice, and the memory that tells them.
#include "signed_by_hand.hpp"

#include <limits>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::now;
using by_hand::outcome;
using by_hand::records;
using by_hand::request;
using by_hand::verify_once;

TEST_CASE("verifier: the window is as wide to both sides, and includes its edges")
{
    verifier_options options;
    options.timestamp_window = 60;
    const auto at = [&](std::int64_t off) {
        request r;
        r.set("oauth_timestamp", std::to_string(now + off)).sign();
        return verify_once(r, records(), options);
    };
    CHECK(at(0) == "genuine");
    CHECK(at(-60) == "genuine");
    CHECK(at(60) == "genuine");
    CHECK(at(-61) == "timestamp_out_of_window");
    CHECK(at(61) == "timestamp_out_of_window");
}

TEST_CASE("verifier: no clock and no timestamp overflow")
{
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    verifier_options wide;
    wide.timestamp_window = last;
    request r;
    r.set("oauth_timestamp", std::to_string(last)).sign();
    CHECK(verify_once(r, records(), {}, first) == "timestamp_out_of_window");
    CHECK(verify_once(r, records(), {}, last) == "genuine");
    CHECK(verify_once(r, records(), wide, 1) == "genuine");
    CHECK(verify_once(r, records(), wide, -2) == "timestamp_out_of_window");
    request early;
    early.set("oauth_timestamp", "1").sign();
    CHECK(verify_once(early, records(), {}, last) == "timestamp_out_of_window");
    CHECK(verify_once(early, records(), {}, first) == "timestamp_out_of_window");
    CHECK(verify_once(early, records(), {}, -299) == "genuine");
}

TEST_CASE("verifier: a request that is sent twice is accepted once")
{
    verifier v;
    request r;
    r.sign();
    CHECK(outcome(v.verify(r.arrive(), records(), now)) == "genuine");
    const auto repeated = v.verify(r.arrive(), records(), now + 300);
    CHECK(outcome(repeated) == "nonce_used");
    CHECK(repeated.http_status == 401);
    CHECK(outcome(v.verify(r.arrive(), records(), now + 301)) == "timestamp_out_of_window");

    request later; // the same nonce a second later is another request
    later.set("oauth_timestamp", std::to_string(now + 1)).sign();
    CHECK(outcome(v.verify(later.arrive(), records(), now)) == "genuine");
    request two_legged; // and the same nonce without the token
    two_legged.drop("oauth_token").token_secret = "";
    CHECK(outcome(v.verify(two_legged.sign().arrive(), records(), now)) == "genuine");
}

TEST_CASE("verifier: forged requests use up no nonces")
{
    verifier_options small;
    small.nonce_capacity = 2;
    verifier v(small);
    for (int i = 0; i < 10; ++i) {
        request forged;
        forged.consumer_secret = "guessed";
        forged.set("oauth_nonce", i < 5 ? "n-1" : "m-" + std::to_string(i)).sign();
        REQUIRE(outcome(v.verify(forged.arrive(), records(), now)) == "bad_signature");
        request unknown;
        unknown.set("oauth_consumer_key", "other").sign();
        REQUIRE(outcome(v.verify(unknown.arrive(), records(), now)) == "unknown_consumer");
        request wrong_body;
        wrong_body.set("oauth_body_hash", "x").sign();
        REQUIRE(outcome(v.verify(wrong_body.arrive(), records(), now)) == "bad_body_hash");
    }
    CHECK(outcome(v.verify(request().sign().arrive(), records(), now)) == "genuine");
}

TEST_CASE("verifier: while every remembered nonce can still be accepted, a request is refused with 503")
{
    verifier_options small;
    small.nonce_capacity = 2;
    verifier v(small);
    const auto ask = [&](std::string nonce, std::int64_t at) {
        request r;
        r.set("oauth_nonce", std::move(nonce)).set("oauth_timestamp", std::to_string(at)).sign();
        return v.verify(r.arrive(), records(), at);
    };
    CHECK(outcome(ask("a", now)) == "genuine");
    CHECK(outcome(ask("b", now)) == "genuine");
    const auto full = ask("c", now + 300);
    CHECK(outcome(full) == "nonces_exhausted");
    CHECK(full.http_status == 503);
    CHECK(outcome(ask("d", now + 301)) == "genuine");
}

TEST_CASE("verifier: options out of their range are refused")
{
    verifier_options o;
    o.timestamp_window = 0;
    CHECK_THROWS_AS(verifier{o}, error);
    o = verifier_options();
    o.nonce_capacity = 0;
    CHECK_THROWS_AS(verifier{o}, error);
    o = verifier_options();
    o.methods = {"HMAC-MD5"};
    CHECK_THROWS_AS(verifier{o}, error);
    o.methods = {"HMAC-SHA256"};
    CHECK(verify_once(request().sign(), records(), o) == "unsupported_method");
}
