// When a mismatch is explained, how much work that may be, and what is never said.
#include "explained.hpp"
#include "oauth1/explain/mismatch.hpp"
#include "unit/oauth1/changed_text.hpp"

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::base64;
using by_hand::explain;
using by_hand::hmac;
using by_hand::now;
using by_hand::records;
using by_hand::replace;
using by_hand::request;

TEST_CASE("explain: without another fault, the secrets are the likely cause")
{
    request r;
    r.consumer_secret = "wrong";
    CHECK(explain(r.sign()).detail.find("the consumer's or the token's secret differs") != std::string::npos);
    request two_legged;
    two_legged.drop("oauth_token").token_secret = "";
    two_legged.consumer_secret = "wrong";
    CHECK(explain(two_legged.sign()).detail.find("the consumer's secret differs") != std::string::npos);
}

TEST_CASE("explain: only by option")
{
    request r;
    r.sign_text(replace(r.base_string(), "GET&", "POST&"));
    verifier v;
    CHECK(v.verify(r.arrive(), records(), now).detail ==
          "the signature is not the one of this request and these secrets");
}

TEST_CASE("explain: lenient requests are explained from what counts in them")
{
    request r;
    r.method = "POST";
    r.sign_text(replace(r.base_string(), "POST&", "GET&"));
    r.authorization[0] += R"(, extra="1")";
    CHECK(explain(r, records(), true).detail.find("the method differs") == 0);
}

TEST_CASE("explain: an explanation's work is bounded")
{
    const secret consumer_secret("a"), token_secret("b");
    const auto tries = [&](const request& r) {
        claims c;
        const auto arrived = r.arrive();
        REQUIRE_FALSE(read_claims(arrived, verifier_options(), c).has_value());
        return explain_mismatch(c, *hmac_sha1(), consumer_secret, token_secret);
    };
    request r;
    r.method = "PATCH";
    r.url = "https://API.example.com:8443/a%20b/?a=%21+~/,[]&a=%C3%A9&B=&z&a-b=%3f";
    r.form = true;
    r.body = "x=2&x=1";
    r.realm = "r";
    r.set("oauth_callback", "https://app.example/")
        .set("oauth_verifier", "1")
        .set("oauth_body_hash", "x")
        .set("extra", "");
    r.sign_text("nothing that fits");
    const auto most = tries(r);
    CHECK(most.tries > 50);
    CHECK(most.tries <= max_tries);

    request huge;
    huge.form = true;
    huge.body = "a=" + std::string(max_explained, 'x');
    huge.sign_text("nothing that fits");
    CHECK(tries(huge).tries == 0);
    CHECK(tries(huge).sentence.find("too long") != std::string::npos);
}

TEST_CASE("explain: no explanation holds a secret, a token or a signature")
{
    const auto clean = [](const verification& v, const request& r) {
        for (const std::string& text :
            {std::string("app secret/1"), std::string("app%20secret"), std::string("token+secret"),
                std::string("token%2Bsecret"), std::string("token-1"), *find(r.oauth, "oauth_signature")})
            CHECK(v.detail.find(text) == std::string::npos);
    };
    request r;
    const std::string base = r.base_string();
    for (const std::string key : {"app%20secret%2F1&", "token+secret", "app secret/1&token+secret", "none of them"}) {
        request sent = r;
        clean(explain(sent.put(base64(hmac(key, base)))), sent);
    }
    for (const std::string signature : {"app%20secret%2F1&x", "x&token%2Bsecret", "app secret/1&token+secret"}) {
        request sent = r;
        sent.set("oauth_signature_method", "PLAINTEXT").put(signature);
        clean(explain(sent), sent);
    }
}
