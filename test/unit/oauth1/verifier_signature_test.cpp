// Signatures of every method: the right one, and nothing but the right one.
#include "signed_by_hand.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/oauth1/signer.hpp>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::now;
using by_hand::outcome;
using by_hand::records;
using by_hand::request;
using by_hand::verify_once;

TEST_CASE("verifier: the signer's requests are genuine, with every method that has secrets")
{
    const consumer app("app", secret("app secret/1"));
    const access_token user("token-1", secret("token+secret"));
    for (const signature_method& method : {hmac_sha1(), hmac_sha256(), hmac_sha512(), plaintext()}) {
        for (const placement location : {placement::header, placement::query, placement::form}) {
            message m("POST", "https://api.example.com:8443/a%20b?x=1&x=%2b&y", "q=%C3%A9+%21");
            m.realm = "r";
            const auto sent = signer(app, user, method).sign_request(m, moment("n", now), location).value();
            incoming_request arrived;
            arrived.method = sent.method;
            arrived.url = sent.url;
            if (!sent.authorization.empty())
                arrived.authorization.push_back(sent.authorization);
            arrived.content_type = "application/x-www-form-urlencoded";
            arrived.body = sent.form;
            verifier v;
            CHECK(outcome(v.verify(arrived, records(), now)) == "genuine");
        }
    }
}

TEST_CASE("verifier: RSA requests are checked with the consumer's public key, and need no secrets")
{
    records known;
    known.rsa_public_key = vectors::house_rsa_public_key();
    const secret private_key(vectors::house_rsa_private_key());
    for (const signature_method& method : {rsa_sha1(private_key), rsa_sha256(private_key), rsa_sha512(private_key)}) {
        request r;
        r.algorithm = method;
        r.set("oauth_signature_method", std::string(method->name())).sign();
        CHECK(verify_once(r, known) == "genuine");
        verifier without_key;
        const auto no_key = without_key.verify(r.arrive(), records(), now);
        CHECK(outcome(no_key) == "bad_signature");
        CHECK(no_key.detail.find("no usable public key") != std::string::npos);
        records broken;
        broken.rsa_public_key = "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n";
        CHECK(verify_once(r, broken) == "bad_signature");
        records other = known;
        other.consumer_key = "another app";
        CHECK(verify_once(r, other) == "unknown_consumer");
        request forged;
        forged.algorithm = method;
        forged.set("oauth_signature_method", std::string(method->name())).sign_text("another text");
        CHECK(verify_once(forged, known) == "bad_signature");
    }
}

TEST_CASE("verifier: the body hash is checked when it is sent")
{
    for (const signature_method& method : {hmac_sha1(), hmac_sha256(), hmac_sha512()})
        for (const std::string_view body : {"", "{\"text\":\"hello\"}"}) {
            request r;
            r.method = "POST";
            r.body = body;
            r.content_type = "application/json";
            r.algorithm = method;
            r.set("oauth_signature_method", std::string(method->name()));
            r.set("oauth_body_hash", method->body_hash(body)).sign();
            CHECK(verify_once(r) == "genuine");
            r.body += ' ';
            CHECK(verify_once(r) == "bad_body_hash");
        }
}

TEST_CASE("verifier: PLAINTEXT needs neither timestamp nor nonce, but they are checked if sent")
{
    const auto plain = [](auto change) {
        request r;
        r.set("oauth_signature_method", "PLAINTEXT");
        r.algorithm = plaintext();
        change(r);
        return r.sign();
    };
    const auto bare = plain([](request& r) { r.drop("oauth_timestamp").drop("oauth_nonce"); });
    verifier v;
    CHECK(outcome(v.verify(bare.arrive(), records(), now)) == "genuine");
    CHECK(outcome(v.verify(bare.arrive(), records(), now)) == "genuine"); // nothing to remember it by
    const auto full = plain([](request&) {});
    CHECK(outcome(v.verify(full.arrive(), records(), now)) == "genuine");
    CHECK(outcome(v.verify(full.arrive(), records(), now)) == "nonce_used");
    CHECK(verify_once(plain([](request& r) { r.drop("oauth_nonce"); })) == "genuine");
    CHECK(verify_once(plain([](request& r) { r.drop("oauth_timestamp"); })) == "missing_parameter");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_nonce", ""); })) == "missing_parameter");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_timestamp", "1"); })) == "timestamp_out_of_window");
    CHECK(verify_once(plain([](request& r) { r.set("oauth_timestamp", "x"); })) == "bad_timestamp");
    CHECK(verify_once(plain([](request& r) { r.token_secret = "wrong"; })) == "bad_signature");
}

TEST_CASE("base64 is strict: other text for the same octets is another signature")
{
    request r;
    const std::string right = r.sign(r.base_string());
    const auto outcome_of = [](std::string signature) {
        request changed;
        return verify_once(changed.put(std::move(signature)));
    };
    REQUIRE(right.size() == 28);
    CHECK(outcome_of(right) == "genuine");
    std::string tail = right; // the last letter before = carries two bits that don't count
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 1; i < 4; ++i) {
        tail[26] = alphabet[alphabet.find(right[26]) ^ i];
        CHECK(outcome_of(tail) == "bad_signature");
    }
    CHECK(outcome_of(right.substr(0, 27)) == "bad_signature");
    CHECK(outcome_of(right + "=") == "bad_signature");
    CHECK(outcome_of(right + "AAAA") == "bad_signature");
    CHECK(outcome_of(" " + right) == "bad_signature");
    CHECK(outcome_of(right.substr(0, 4)) == "bad_signature");
    std::string url_safe = right;
    for (char& c : url_safe)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    CHECK((url_safe == right || outcome_of(url_safe) == "bad_signature"));
}

TEST_CASE("verifier: an unknown consumer or token is looked up and checked as a known one is")
{
    for (const bool consumer_known : {true, false})
        for (const bool token_known : {true, false}) {
            records known;
            request r;
            if (!consumer_known)
                r.set("oauth_consumer_key", "other");
            if (!token_known)
                r.set("oauth_token", "other");
            r.consumer_secret = "wrong";
            verifier v;
            const auto found = v.verify(r.sign().arrive(), known, now);
            CHECK(found.refused.has_value());
            CHECK(known.consumers_asked == 1);
            CHECK(known.tokens_asked == 1);
            CHECK_FALSE(found.base_string.empty());
        }
}

TEST_CASE("verifier: the dummy secret of unknown consumers and tokens signs nothing")
{
    records unknown;
    unknown.consumer_key = "another app";
    request r;
    for (const char* guess : {"dummy-secret-for-equal-work", ""}) {
        r = request();
        r.consumer_secret = guess;
        r.token_secret = guess;
        CHECK(verify_once(r.sign(), unknown) == "unknown_consumer");
    }
}
