// Each fault of a key, and each in writing a signature, that the verifier can name, and what is said.
#include "explained.hpp"
#include "oauth1/explain/faults.hpp"
#include "text/hex.hpp"
#include "unit/oauth1/changed_text.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

using namespace coauth;
using namespace coauth::oauth1;
using by_hand::base64;
using by_hand::explain;
using by_hand::hmac;
using by_hand::outcome;
using by_hand::records;
using by_hand::replace;
using by_hand::replace_all;
using by_hand::request;

namespace {

const std::string right_key = "app%20secret%2F1&token%2Bsecret";

} // namespace

TEST_CASE("explain: each usual fault of a key is named")
{
    struct row {
        std::string_view says;
        std::string_view key;
    };
    const row table[] = {
        {"the token's secret was left out", "app%20secret%2F1&"},
        {"it is the token's secret alone", "token+secret"},
        {"it is & and the token's secret", "&token%2Bsecret"},
        {"the two secrets were swapped", "token%2Bsecret&app%20secret%2F1"},
        {"there is no & between", "app%20secret%2F1token%2Bsecret"},
        {"the token's secret ends in a newline", "app%20secret%2F1&token%2Bsecret%0A"},
        {"without the & behind it", "app%20secret%2F1"},
        {"the secrets were not percent-encoded", "app secret/1&token+secret"},
        {"the whole key was percent-encoded", "app%2520secret%252F1%26token%252Bsecret"},
        {"the consumer's secret ends in a newline", "app%20secret%2F1%0A&token%2Bsecret"},
        {"the consumer's key is used in place of its secret", "app&token%2Bsecret"},
        {"the token is used in place of its secret", "app%20secret%2F1&token-1"},
        {"both secrets end in a newline", "app%20secret%2F1%0A&token%2Bsecret%0A"},
        {"undefined, null or None", "app%20secret%2F1&undefined"},
        {"undefined, null or None", "app%20secret%2F1&null"},
        {"undefined, null or None", "app%20secret%2F1&None"},
        {"there are quotes around a secret", "%22app%20secret%2F1%22&token%2Bsecret"},
        {"there are quotes around a secret", "%22app%20secret%2F1%22&%22token%2Bsecret%22"},
    };
    for (const key_fault& fault : key_faults()) {
        const auto sentence = fault.sentence;
        CAPTURE(sentence);
        CHECK(std::any_of(std::begin(table), std::end(table),
            [&](const row& t) { return sentence.find(t.says) != sentence.npos; })); // no fault without its row
    }
    for (const row& t : table) {
        CAPTURE(t.says);
        request r;
        const std::string base = r.base_string();
        REQUIRE(base64(hmac(right_key, base)) == r.sign(base));
        const auto found = explain(r.put(base64(hmac(t.key, base))));
        CHECK(outcome(found) == "bad_signature");
        CHECK(found.detail.find("the key differs: ") == 0);
        CHECK(found.detail.find(t.says) != std::string::npos);
    }

    request leg1;
    leg1.drop("oauth_token").token_secret = "";
    CHECK(explain(leg1.put(base64(hmac("app%20secret%2F1", leg1.base_string()))))
              .detail.find("keep the & without a token") != std::string::npos);

    request leg3;
    leg3.set("oauth_verifier", "0123456");
    const std::string base = replace(leg3.base_string(), "%26oauth_verifier%3D0123456", "");
    CHECK(explain(leg3.put(base64(hmac("app%20secret%2F1&", base)))).detail.find("oauth_verifier was not signed") !=
          std::string::npos);
}

TEST_CASE("explain: each usual fault in writing a signature is named")
{
    // A nonce whose signature has both + and / in it, so that alphabets differ.
    request r;
    std::string octets, right;
    for (int i = 0; right.find('+') == right.npos || right.find('/') == right.npos; ++i) {
        r.set("oauth_nonce", "n-" + std::to_string(i));
        octets = hmac(right_key, r.base_string());
        right = base64(octets);
    }
    std::string url_safe = right;
    for (char& c : url_safe)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    std::string other_tail = right;
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    other_tail[26] = alphabet[alphabet.find(right[26]) ^ 1];
    const std::string hex = text::hex_encode(octets);

    const std::pair<std::string, std::string_view> table[] = {
        {text::percent_encode(right), "percent-encoded twice"},
        {replace_all(right, "+", " "), "arrived as a space"},
        {url_safe, "URL-safe base64"},
        {url_safe.substr(0, 27), "URL-safe base64"},
        {right.substr(0, 27), "lacks the = at its end"},
        {hex, "in hex"},
        {text::uppered(hex), "in hex"},
        {base64(hex), "base64 of the digest in hex"},
        {base64(right), "encoded as base64 twice"},
        {other_tail, "not canonical base64"},
        {base64(hmac(right_key, r.base_string(), EVP_sha256())), "another digest"},
        {base64(hmac(right_key, r.base_string(), EVP_sha512())), "another digest"},
        {right.substr(0, 20), "has 15 octets, where HMAC-SHA1 makes 20"},
        {base64("x"), "has 1 octets"},
        {"=", "has 0 octets"},
        {"not base64 at all!", "octets, where HMAC-SHA1"},
    };
    for (const auto& [signature, says] : table) {
        const auto& shown_signature = signature;
        CAPTURE(shown_signature);
        const auto& shown_says = says;
        CAPTURE(shown_says);
        request sent = r;
        const auto found = explain(sent.put(signature));
        CHECK(outcome(found) == "bad_signature");
        CHECK(found.detail.find(says) != std::string::npos);
    }
}

TEST_CASE("explain: a + that was not encoded in the query arrives as a space and is explained")
{
    request r;
    r.location = by_hand::place::query;
    std::string right;
    for (int i = 0; right.find('+') == right.npos; ++i) {
        r.set("oauth_nonce", "n-" + std::to_string(i));
        right = r.sign(r.base_string());
    }
    r.put(right);
    r.url = replace_all(r.url, "%2B", "+");
    CHECK(explain(r).detail.find("arrived as a space") != std::string::npos);
}

TEST_CASE("explain: RSA signatures are explained by their base string")
{
    records known;
    known.rsa_public_key = vectors::house_rsa_public_key();
    request r;
    r.algorithm = rsa_sha256(secret(vectors::house_rsa_private_key()));
    r.set("oauth_signature_method", "RSA-SHA256");
    request get = r;
    CHECK(
        explain(get.sign_text(replace(get.base_string(), "GET&", "POST&")), known).detail.find("the method differs") ==
        0);
    CHECK(explain(r.sign_text("something else"), known).detail.find("another private key") != std::string::npos);
}

TEST_CASE("explain: PLAINTEXT says which secret differs")
{
    const std::pair<std::string_view, std::string_view> table[] = {
        {"app%20secret%2F1&wrong", "the token's secret differs"},
        {"app%20secret%2F1&", "the token's secret was left out"},
        {"wrong&token%2Bsecret", "the consumer's secret differs"},
        {"wrong&wrong", "both secrets differ"},
        {"app secret/1&token+secret", "not percent-encoded"},
        {"token%2Bsecret&app%20secret%2F1", "swapped"},
        {"app%20secret%2F1", "no & between"},
        {"app%2520secret%252F1%26token%252Bsecret", "percent-encoded twice"},
    };
    for (const auto& [signature, says] : table) {
        const auto& shown_signature = signature;
        CAPTURE(shown_signature);
        request r;
        r.set("oauth_signature_method", "PLAINTEXT");
        const auto found = explain(r.put(std::string(signature)));
        CHECK(outcome(found) == "bad_signature");
        CHECK(found.detail.find(says) != std::string::npos);
    }
}
