// What a genuine request may look like, and what is read from it.
#include "signed_by_hand.hpp"

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::lenient;
using by_hand::now;
using by_hand::outcome;
using by_hand::place;
using by_hand::records;
using by_hand::request;
using by_hand::verify_once;

TEST_CASE("verifier: a genuine request is taken apart")
{
    request r;
    r.method = "POST";
    r.form = true;
    r.body = "status=Hello+World&oauth=1";
    r.realm = "Photos";
    r.set("oauth_verifier", "0123456").sign();

    verifier v;
    const auto found = v.verify(r.arrive(), records(), now);
    CHECK(outcome(found) == "genuine");
    CHECK(found.http_status == 200);
    CHECK(found.detail.empty());
    CHECK(found.consumer_key == "app");
    CHECK(found.token == "token-1");
    CHECK(*find(found.oauth, "oauth_verifier") == "0123456");
    CHECK(find(found.oauth, "oauth_signature") != nullptr);
    CHECK(found.oauth.size() == 8);
    CHECK(found.request == parameters{{"name", "jack"}, {"status", "Hello World"}, {"oauth", "1"}});
    CHECK(found.base_string == request(r).drop("oauth_signature").base_string());
}

TEST_CASE("verifier: requests are genuine wherever their parameters travel")
{
    for (const place location : {place::header, place::form, place::query}) {
        request r;
        r.location = location;
        r.form = location == place::form;
        r.method = "POST";
        CHECK(verify_once(r.sign()) == "genuine");
    }
}

TEST_CASE("verifier: keys and tokens may hold what a consumer's may: spaces and UTF-8")
{
    records known;
    known.consumer_key = "an \xc3\xa9 app";
    known.token = "a=b&c +%";
    request r;
    r.set("oauth_consumer_key", known.consumer_key).set("oauth_token", known.token);
    CHECK(verify_once(r.sign(), known) == "genuine");
}

TEST_CASE("verifier: requests without a token are genuine, with or without an empty oauth_token")
{
    for (const bool empty : {false, true}) {
        request r;
        r.token_secret = "";
        r.drop("oauth_token");
        if (empty)
            r.set("oauth_token", "");
        verifier v;
        records known;
        const auto found = v.verify(r.sign().arrive(), known, now);
        CHECK(outcome(found) == "genuine");
        CHECK(found.token.has_value() == empty);
        CHECK(known.tokens_asked == 0);
    }
}

TEST_CASE("verifier: oauth_version may be left out")
{
    request r;
    CHECK(verify_once(r.drop("oauth_version").sign()) == "genuine");
}

TEST_CASE("verifier: parameters beside the protocol's own are signed in the header, but no realm is")
{
    request r;
    r.set("extra", "1 2");
    r.realm = "Photos";
    r.sign();
    CHECK(verify_once(r) == "genuine");
    CHECK(verify_once(r, records(), lenient()) == "bad_signature"); // X's verifier leaves extra out
    request unsigned_realm;
    unsigned_realm.sign();
    unsigned_realm.authorization[0].insert(6, R"(REALM="x", )");
    CHECK(verify_once(unsigned_realm) == "genuine");
}

TEST_CASE("verifier: a form body is recognised by its media type")
{
    for (const std::string_view yes : {"application/x-www-form-urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED",
             "application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8",
             " application/x-www-form-urlencoded ;a=b"}) {
        CAPTURE(yes);
        request r;
        r.method = "PUT";
        r.form = true;
        r.body = "a=b&a=%2B+";
        r.content_type = yes;
        CHECK(verify_once(r.sign()) == "genuine");
    }
    for (const std::string_view other :
        {"", "application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencodedx",
            "application/x-www-form-urlencode", "text/plain; application/x-www-form-urlencoded"}) {
        CAPTURE(other);
        request r;
        r.method = "PUT";
        r.body = "a=b&a=%zz"; // not a form, so it is not read
        r.content_type = other;
        CHECK(verify_once(r.sign()) == "genuine");
    }
}
